import { existsSync, readFileSync, statSync } from 'node:fs';
import { ledgerPath, pathsFor, statusPath } from '../../daemon/paths.ts';
import { readPublished } from '../../notify/read-published.ts';
import { type Check, doctorChecks } from '../../setup/doctor.ts';
import { errorCode } from '../../system/root.ts';
import type { Invocation } from '../command.ts';
import { ledgerFor } from '../ledger-access.ts';
import { openDirectory } from '../machine.ts';
import { paint, plain } from '../render/style.ts';
import type { Terminal } from '../terminal.ts';

const STATUS_MAX = 4 * 1024 * 1024;

/** `aufswatch doctor`: each thing that must be so. Exit status 1 where one is not. */
export function doctor(invocation: Invocation): number {
  const { terminal, env } = invocation;
  const directory = invocation.option('root') ?? '/';
  const opened = openDirectory(directory);
  if (!opened.ok) return terminal.fail(opened.message);
  const paths = pathsFor(env, process.getuid?.() ?? 0, directory);
  const checks = doctorChecks({
    root: opened.value,
    state: paths.state,
    published: readStatus(statusPath(paths)),
    ledger: ledgerState(invocation),
    path: env.PATH ?? '',
    now: invocation.now(),
  });
  if (invocation.flag('json')) terminal.out(`${JSON.stringify(checks, null, 2)}\n`);
  else for (const check of checks) terminal.out(line(check, terminal));
  return checks.some(({ mark }) => mark === 'bad') ? 1 : 0;
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
  const todo = remedy === null ? '' : `\n      ${plain(terminal, remedy)}`;
  return `  ${sign} ${plain(terminal, what)}${todo}\n`;
}

function ledgerState(invocation: Invocation): { text: string; missing: boolean } | null {
  const root = invocation.option('root') ?? '/';
  const path = ledgerPath(pathsFor(invocation.env, process.getuid?.() ?? 0, root));
  const ledger = ledgerFor(invocation, 'read');
  if (!ledger.ok) return { text: ledger.message, missing: !existsSync(path) };
  try {
    const sound = ledger.value.database.pragma('quick_check(1)', { simple: true });
    return sound === 'ok' ? null : { text: `${ledger.value.path} is damaged`, missing: false };
  } finally {
    ledger.value.close();
  }
}

function readStatus(path: string): ReturnType<typeof readPublished> {
  try {
    const stat = statSync(path);
    return stat.isFile() && stat.size <= STATUS_MAX ? readPublished(readFileSync(path, 'utf8')) : null;
  } catch (error) {
    if (errorCode(error) === null) throw error;
    return null;
  }
}
