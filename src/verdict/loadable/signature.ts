import type { KernelAbi, TrustedKeys } from '../../model/abi.ts';
import type { Fact } from '../../model/fact.ts';
import type { ModuleSignature } from '../../model/module.ts';
import { releaseAtLeast } from '../../model/release-version.ts';
import type { RefusalReason } from './answer.ts';
import { fits } from './seal.ts';

export type SignatureProblem =
  | { readonly is: 'refused'; readonly reason: RefusalReason; readonly message: string }
  | { readonly is: 'unknown'; readonly missing: string };

/**
 * Why module_sig_check() (kernel/module/signing.c) refuses a signature where the kernel requires signed modules, apart from
 * isChanged(). null: it does not.
 */
export function signatureProblem(
  signature: ModuleSignature | null,
  { trustedKeys: keys, vermagic }: Pick<KernelAbi, 'trustedKeys' | 'vermagic'>,
): SignatureProblem | null {
  if (signature === null) return rejected({ is: 'unsigned' }, 'unsigned module');
  if (signature.form === 'unsupported')
    return rejected({ is: 'bad-signature' }, 'module with unsupported crypto');
  // In 4.3 PKCS#7 replaced the other kind.
  const knowsPkcs7 = vermagic.known ? releaseAtLeast(vermagic.value, 4, 3) : null;
  if (knowsPkcs7 === (signature.form === 'x509'))
    return rejected({ is: 'bad-signature' }, 'module with unsupported crypto');
  const { signer } = signature;
  if (keys.known && signer !== null) {
    if (keys.value.signers.some(({ name }) => name === signer)) return null;
    if (!keys.value.open) return rejected({ is: 'unknown-key', signer }, 'module with unavailable key');
  }
  return { is: 'unknown', missing: 'whether the kernel knows the key that the module is signed with' };
}

/**
 * Is it certain that the module was changed after a trusted signer signed it? False as well where the key is not known, or the
 * signature cannot be checked.
 */
export function isChanged({ signer, seal }: ModuleSignature, keys: Fact<TrustedKeys>): boolean {
  if (!keys.known || seal === null) return false;
  const named = keys.value.signers.filter(({ name }) => name === signer);
  return named.length > 0 && named.every(({ key }) => key !== null && fits(seal, key) === false);
}

function rejected(reason: RefusalReason, what: string): SignatureProblem {
  return { is: 'refused', reason, message: `Loading of ${what} is rejected` };
}
