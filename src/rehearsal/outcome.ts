import { constants } from 'node:os';
import type { AufsTried, Outcome } from '../model/rehearsal.ts';
import type { StepReport } from './listen.ts';

/**
 * The outcome of loading a module, from the guest's report of that step. `needs`: the outcomes of the modules that were
 * loaded before it. `logs`: the log of that kernel can be read. `openKeys`: the module is signed, and the kernel may have
 * keys from the firmware or MOK, which QEMU does not have.
 */
export function outcomeOf(
  { error, log }: StepReport,
  needs: readonly { readonly name: string; readonly outcome: Outcome }[],
  { logs, openKeys }: { readonly logs: boolean; readonly openKeys: boolean },
): Outcome {
  if (error === 0) return { is: 'loads' };
  const words = log.filter((line) => !INITCALL.test(line));
  if (log.some((line) => CALLING.test(line))) return { is: 'init-failed', error: errorName(error), words };
  if (error === errno.EEXIST) return unclear('a module of that name was already loaded');
  if (error === errno.ENOMEM) return unclear('the memory of the rehearsal was too small for it');
  if (!logs)
    return unclear(`${errorName(error)}; the kernel keeps no log that shows whether it refused the module`);
  if (openKeys && KEY_ERRORS.includes(error))
    return unclear('it is signed with a key that the kernel may have from the firmware of this machine');
  const stopped = needs.find(({ outcome }) => outcome.is === 'init-failed' || outcome.is === 'unclear');
  if (stopped !== undefined) return unclear(`${stopped.name}, which it needs, could not be started here`);
  return { is: 'refused', error: errorName(error), words };
}

/** The outcome of mounting AUFS and using it. */
export function aufsOutcome({ error, log, aufs }: StepReport): AufsTried {
  if (error === 0) return { is: 'works' };
  return { is: 'fails', step: aufs ?? 'use aufs', error: errorName(error), words: log };
}

const { errno } = constants;

/**
 * With initcall_debug, do_one_initcall() (init/main.c) logs this before it calls a module's init. By then all checks of
 * load_module() have passed.
 */
const CALLING = /^calling {1,2}\S+.* @ \d+$/;
const INITCALL = /^(?:calling {1,2}\S+.* @ \d+|initcall \S+.* returned -?\d+ after \d+ usecs?.*)$/;

/** ENOKEY, EKEYREJECTED; EPERM of lockdown. */
const KEY_ERRORS: readonly number[] = [126, 129, errno.EPERM];

/** Node does not have ENOKEY and EKEYREJECTED. */
const MORE_NAMES: Readonly<Record<number, string>> = { 126: 'ENOKEY', 129: 'EKEYREJECTED' };

function errorName(error: number): string {
  const name = Object.entries(errno).find(([, value]) => value === error)?.[0];
  return name ?? MORE_NAMES[error] ?? `error ${error}`;
}

function unclear(why: string): Outcome {
  return { is: 'unclear', why };
}
