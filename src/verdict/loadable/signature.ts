import type { KernelAbi } from '../../model/abi.ts';
import type { ModuleSignature } from '../../model/module.ts';
import { releaseAtLeast } from '../../model/release-version.ts';
import type { RefusalReason } from './answer.ts';

export type SignatureProblem =
  | { readonly is: 'refused'; readonly reason: RefusalReason; readonly message: string }
  | { readonly is: 'unknown'; readonly missing: string };

/**
 * What module_sig_check() (kernel/module/signing.c) has against a signature where signed modules are wanted. That the
 * module was not changed after it was signed is taken for granted. null: nothing.
 */
export function signatureProblem(
  signature: ModuleSignature | null,
  { trustedKeys: keys, vermagic }: Pick<KernelAbi, 'trustedKeys' | 'vermagic'>,
): SignatureProblem | null {
  if (signature === null) return rejected({ is: 'unsigned' }, 'unsigned module');
  if (signature.form === 'unsupported')
    return rejected({ is: 'bad-signature' }, 'module with unsupported crypto');
  // With 4.3 the one kind came in the place of the other.
  const knowsPkcs7 = vermagic.known ? releaseAtLeast(vermagic.value, 4, 3) : null;
  if (knowsPkcs7 === (signature.form === 'x509'))
    return rejected({ is: 'bad-signature' }, 'module with unsupported crypto');
  const { signer } = signature;
  if (keys.known && signer !== null) {
    if (keys.value.signers.includes(signer)) return null;
    if (!keys.value.open) return rejected({ is: 'unknown-key', signer }, 'module with unavailable key');
  }
  return { is: 'unknown', missing: 'whether the kernel knows the key that the module is signed with' };
}

function rejected(reason: RefusalReason, what: string): SignatureProblem {
  return { is: 'refused', reason, message: `Loading of ${what} is rejected` };
}
