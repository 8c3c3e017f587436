import { readSettings } from '../../config/read-settings.ts';
import { ledgerPath, statusPath } from '../../daemon/paths.ts';
import { pathsFor } from '../../daemon/paths-for.ts';
import { systemdVersion } from '../../daemon/root-guard.ts';
import { failureOf, failureText } from '../../ledger/failure.ts';
import { lastHookEvent } from '../../ledger/last-hook-event.ts';
import { openForReading } from '../../ledger/open-ledger.ts';
import { readPublishedFile } from '../../published/file.ts';
import type { Check } from '../../setup/check.ts';
import { type DoctorInput, doctorChecks } from '../../setup/doctor.ts';
import type { GuardInForce } from '../../setup/guard-checks.ts';
import { initOf } from '../../setup/machine.ts';
import type { Root } from '../../system/root.ts';
import { errorCode } from '../../system/system-error.ts';
import { command } from '../command.ts';
import { JSON_OUTPUT } from '../definition.ts';
import { jsonOutput } from '../json-output.ts';
import { whyNoRehearsal } from '../rehearsal-guest.ts';
import { hint } from '../render/hint.ts';
import { paint, plain } from '../render/style.ts';
import { wrap, wrapAroundCommands } from '../render/wrap.ts';
import { openDirectory } from '../root-directory.ts';
import type { Terminal } from '../terminal.ts';

/** `aufswatch doctor`: the checks, one line each. Exit status 1 where one fails. */
export const doctor = command(
  {
    description:
      'Checks that the hooks, the inbox, the daemon, the watches, the ledger and the tools work, and says what to do where one does not. Exit status 1: something is wrong.',
    args: {},
    options: {
      json: JSON_OUTPUT,
    },
  },
  async (invocation) => {
    const { terminal, env } = invocation;
    const directory = invocation.options.root ?? '/';
    const opened = openDirectory(directory);
    if (!opened.ok) return terminal.fail(opened.message);
    // The directories of the system's daemon, for every user.
    const paths = pathsFor({}, 0, directory);
    const settings = readSettings(invocation.options.config, opened.value.path);
    const checks = doctorChecks({
      root: opened.value,
      state: paths.state,
      published: readPublishedFile(statusPath(paths)),
      isProcess,
      configuration: settings.ok ? null : settings.mistakes.join('; '),
      ...readLedger(ledgerPath(paths)),
      path: env.PATH ?? '',
      guard: await guardInForce(settings, opened.value),
      rehearsal: whyNoRehearsal(env.PATH ?? ''),
      setup: hint('setup', invocation),
      daemon: hint('daemon', invocation),
      now: invocation.now(),
    });
    if (invocation.options.json) terminal.out(jsonOutput('doctor', { checks }));
    else for (const check of checks) terminal.out(line(check, terminal));
    return checks.some(({ mark }) => mark === 'bad') ? 1 : 0;
  },
);

/** The guard of this machine. Another root has none, whatever its configuration says. */
async function guardInForce(settings: ReturnType<typeof readSettings>, root: Root): Promise<GuardInForce> {
  const mode = root.isHost && settings.ok ? settings.value.guard.reboot : 'off';
  const runs = mode !== 'off' && initOf(root) === 'systemd';
  return { mode, systemd: runs ? await systemdVersion() : null };
}

function isProcess(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // EPERM: it is another user's.
    return errorCode(error) !== 'ESRCH';
  }
}

const MARKS = {
  ok: ['✓', 'ok', 'green'],
  bad: ['✗', 'X ', 'red'],
  note: ['·', '- ', 'grey'],
  unknown: ['?', '? ', 'grey'],
} as const;

function line({ mark, what, remedy }: Check, terminal: Terminal): string {
  const [unicode, ascii, colour] = MARKS[mark];
  const sign = paint(terminal, colour, terminal.unicode ? unicode : ascii);
  const indent = terminal.unicode ? '    ' : '     ';
  const found = wrap(plain(terminal, what), terminal.width, indent).trimStart();
  const todo =
    remedy === null ? '' : wrapAroundCommands(plain(terminal, remedy), terminal.width, `${indent}  `);
  return `  ${sign} ${found}\n${todo === '' ? '' : `${todo}\n`}`;
}

function readLedger(path: string): Pick<DoctorInput, 'ledger' | 'lastHookEvent'> {
  const opened = openForReading(path);
  if (!opened.ok)
    return {
      ledger: { failure: opened.failure, text: failureText(opened.failure, path) },
      lastHookEvent: null,
    };
  try {
    const sound = opened.ledger.database.pragma('quick_check(1)', { simple: true });
    if (sound === 'ok') return { ledger: null, lastHookEvent: lastHookEvent(opened.ledger) };
    return { ledger: { failure: 'damaged', text: failureText('damaged', path) }, lastHookEvent: null };
  } catch (error) {
    const failure = failureOf(error);
    if (failure === null) throw error;
    return { ledger: { failure, text: failureText(failure, path) }, lastHookEvent: null };
  } finally {
    opened.ledger.close();
  }
}
