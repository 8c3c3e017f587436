import { parseDuration } from '../../config/duration.ts';
import { failureText } from '../../ledger/failure.ts';
import { recordRehearsals } from '../../ledger/rehearsals.ts';
import { valueOr } from '../../model/fact.ts';
import { NO_MEMORY } from '../../model/memory.ts';
import { moduleName } from '../../model/module-name.ts';
import type { Rehearsed } from '../../model/rehearsal.ts';
import { modulePathOf } from '../../rehearsal/module-files.ts';
import { rehearse as boot } from '../../rehearsal/rehearse.ts';
import { openRoot, type Root } from '../../system/root.ts';
import { answerOfFile, loadAnswer } from '../../verdict/load-answer.ts';
import { assess } from '../../verdict/situation.ts';
import { type ModuleToRehearse, type ToRehearse, toRehearse } from '../../verdict/to-rehearse.ts';
import { command, type Invocation } from '../command.ts';
import { JSON_OUTPUT, list, value } from '../definition.ts';
import { jsonOutput } from '../json-output.ts';
import { ledgerFor } from '../ledger-access.ts';
import { scan } from '../machine.ts';
import { guestProgram } from '../rehearsal-guest.ts';
import { progressLine } from '../render/progress.ts';
import { type Row, rehearsalStatus, rehearsalText, rowOf } from '../render/rehearsal.ts';

const NOT_REHEARSED = 3;
const TIMEOUT = 3 * 60_000;
const TIMEOUT_MAX = 3_600_000;

/** `aufswatch rehearse`: boots a kernel in QEMU and loads the modules there. */
export const rehearse = command(
  {
    description:
      'Boots the next kernel in QEMU with a tiny initramfs, loads the modules of this machine there, each with the modules that it needs, and mounts AUFS. Shows what the kernel said beside what was predicted. It changes only the ledger, which records the result; later verdicts use it. Exit status 0: all modules load; 2: one is refused; 3: not known.',
    args: {},
    options: {
      kernel: value('image', 'an image or a release, instead of the kernel that boots next', {
        offer: 'releases',
      }),
      module: list('name', "only these modules; the kernel's own modules are allowed"),
      timeout: value('span', 'give up after this time; default 3m'),
      json: JSON_OUTPUT,
    },
  },
  async (invocation) => {
    const { terminal } = invocation;
    const timeout = parseDuration(invocation.options.timeout ?? `${TIMEOUT}ms`);
    if (timeout === null || timeout === 0 || timeout > TIMEOUT_MAX)
      return terminal.fail('--timeout: a time of at most an hour, such as 90s or 3m');
    const seen = await scan(invocation);
    if (!seen.ok) return terminal.fail(seen.message);
    const situation = assess(seen.value, NO_MEMORY);
    const asked = toRehearse(situation, invocation.options.kernel);
    if (typeof asked === 'string') return notRehearsed(invocation, asked);
    const root = openRoot(seen.value.root);
    const modules = modulesAsked(root, asked, invocation.options.module.map(moduleName));
    if (typeof modules === 'string') return terminal.fail(modules);
    const aufs = asked.aufs && modules.some(({ name }) => name === 'aufs');
    if (modules.length === 0 && !asked.aufs)
      return notRehearsed(invocation, `there is no module to load on ${asked.kernel.name}`);

    const abort = new AbortController();
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => abort.abort());
    const progress = progressLine(terminal);
    const result = await boot({
      root,
      ...asked,
      modules: modules.map(({ path }) => path),
      aufs: aufs || (asked.aufs && invocation.options.module.length === 0),
      init: guestProgram(),
      arch: process.arch,
      path: invocation.env.PATH ?? '',
      timeout,
      signal: abort.signal,
      now: invocation.now,
      progress: progress.show,
    });
    progress.clear();
    if (!result.ok) return notRehearsed(invocation, result.failure.detail);
    const unrecorded = record(invocation, result.rehearsed);
    const rows: Row[] = modules.map(({ name, path, file }) => {
      const isHeld = file !== null && asked.initramfs?.modules.some((held) => held.file === file) === true;
      return rowOf(
        name,
        isHeld ? answerOfFile(asked.kernel, file) : loadAnswer(asked.kernel, name),
        result.rehearsed.find(({ module }) => module === name)?.outcome ?? null,
        result.left.find((left) => left.path === path)?.detail ?? null,
        isHeld ? (asked.initramfs?.path ?? null) : null,
      );
    });
    const status = rehearsalStatus(rows, result.aufs);
    if (invocation.options.json) {
      const answer = {
        kernel: asked.kernel.name,
        image: asked.image,
        status,
        recorded: unrecorded === null,
        modules: rows,
        aufs: result.aufs,
      };
      terminal.out(jsonOutput('rehearse', answer));
    } else {
      const { name, abi } = asked.kernel;
      const kernel = { name, image: asked.image, enforced: valueOr(abi.signatureEnforced, null) };
      terminal.out(rehearsalText(kernel, rows, result.aufs, terminal));
      if (unrecorded !== null) terminal.fail(`it is not recorded: ${unrecorded}`);
    }
    return status;
  },
);

/** Records the result for later verdicts. Returns why that failed; null: it did not. */
function record(invocation: Invocation, rehearsed: readonly Rehearsed[]): string | null {
  const opened = ledgerFor(invocation, 'write');
  if (!opened.ok) return opened.message;
  const { path } = opened.value;
  try {
    const failure = recordRehearsals(opened.value, rehearsed);
    return failure === null ? null : failureText(failure, path);
  } finally {
    opened.value.close();
  }
}

function notRehearsed({ terminal, options }: Invocation<{ json: boolean }>, why: string): number {
  if (options.json) terminal.out(jsonOutput('rehearse', { status: NOT_REHEARSED, why }));
  else terminal.fail(`not rehearsed: ${why}`);
  return NOT_REHEARSED;
}

/** `file` is null for a module of the kernel itself, which is not read. */
type ModuleAsked = Pick<ModuleToRehearse, 'name' | 'path'> & {
  readonly file: ModuleToRehearse['file'] | null;
};

/** All wanted modules, or those with the given names, which may be the kernel's own. A string is an error message. */
function modulesAsked(
  root: Root,
  { modules, release }: ToRehearse,
  names: readonly string[],
): readonly ModuleAsked[] | string {
  if (names.length === 0) return modules;
  const found: ModuleAsked[] = [];
  for (const name of names) {
    const wanted = modules.find((module) => module.name === name);
    const path = wanted?.path ?? modulePathOf(root, `/lib/modules/${release}`, name);
    if (path === null) return `there is no module ${name} in /lib/modules/${release}`;
    found.push(wanted ?? { name, path, file: null });
  }
  return found;
}
