import type { KernelAbi } from '../../model/abi.ts';
import type { ModuleFile, ModuleInfo } from '../../model/module.ts';
import { LOADS, type Loadable, open, type Refused, refused } from './answer.ts';
import { isAtLeast } from './kernel-version.ts';
import { isChanged, signatureProblem } from './signature.ts';
import { inOurWords } from './words.ts';

/** module_sig_check() as one of the checks. */
export function signature(file: ModuleFile, _info: ModuleInfo, kernel: KernelAbi): Loadable {
  return signatureOf(file, kernel);
}

/** module_sig_check() (kernel/module/signing.c) */
export function signatureOf({ signature: found }: ModuleFile, kernel: KernelAbi): Loadable {
  if (!found.known) return open(found.detail);
  // A kernel that checks signatures refuses this one also where it requires none.
  if (found.value?.form === 'malformed') return ifChecked(MALFORMED, kernel);
  // Before 4.3 no kernel looked into a signature of this form.
  const isLookedInto = isAtLeast(kernel, 4, 3) !== false;
  if (isLookedInto && found.value !== null && isChanged(found.value, kernel.trustedKeys))
    return ifChecked(CHANGED, kernel);
  const enforced = kernel.signatureEnforced;
  if (enforced.known && !enforced.value) return LOADS;
  const problem = signatureProblem(found.value, kernel);
  if (problem === null) return LOADS;
  if (problem.is === 'unknown') return open(problem.missing);
  if (!enforced.known) return open(`whether the kernel requires signed modules: ${enforced.detail}`);
  if (kernel.enforcedBy === 'signature') return refused(problem.reason, problem.message);
  if (kernel.enforcedBy === 'lockdown') return refused(problem.reason, LOCKDOWN);
  return inOurWords(refused(problem.reason, problem.message));
}

/** Is it not known whether this kernel requires a signature that the module lacks, or whether it trusts the key? */
export function isSignatureOpen(file: ModuleFile, kernel: KernelAbi): boolean {
  return signatureOf(file, kernel).answer === 'unknown';
}

/** security_locked_down() (security/lockdown/lockdown.c); it names the process. */
const LOCKDOWN = 'Lockdown: modprobe: unsigned module loading is restricted; see man kernel_lockdown.7';

const MALFORMED = refused({ is: 'bad-signature' }, 'its signature is malformed');
/** The kernel returns EKEYREJECTED and logs nothing; this is the message of modprobe. */
const CHANGED = refused({ is: 'changed' }, 'Key was rejected by service');

function ifChecked(refusal: Refused, { signatures }: KernelAbi): Loadable {
  if (!signatures.known) return open(`whether the kernel checks signatures: ${signatures.detail}`);
  return signatures.value ? refusal : LOADS;
}
