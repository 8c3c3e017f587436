import type { RefusalReason, Refused } from './answer.ts';

/**
 * The refusal with a message of our own instead of the kernel's. For modules that the kernel certainly refuses, where it is not
 * known which of its checks fails first.
 */
export function inOurWords(refusal: Refused): Refused {
  return { ...refusal, message: inWords(refusal.reason), quoted: false };
}

function inWords(reason: RefusalReason): string {
  switch (reason.is) {
    case 'modules-off':
      return 'the kernel loads no modules';
    case 'blacklisted':
      return 'it is on the blacklist of the command line';
    case 'defect':
      return 'the file is damaged';
    case 'packing':
      return `the kernel cannot unpack it: it does not support the checksum ${reason.check.toUpperCase()}`;
    case 'unsigned':
      return 'it is not signed, and the kernel requires signed modules';
    case 'unknown-key':
      return 'it is signed with a key that the kernel does not trust';
    case 'bad-signature':
      return 'its signature is damaged, or of a kind that the kernel does not support';
    case 'changed':
      return 'it was changed after it was signed';
    case 'elf-machine':
      return `it was compiled for another machine (${reason.module}, and this is ${reason.kernel})`;
    case 'struct-size':
      return 'it was compiled for another version or configuration (its struct module has another size)';
    case 'no-versions':
      return 'it lacks the versions that the kernel requires';
    case 'vermagic':
      return `it was compiled for another kernel ('${reason.module}', and this is '${reason.kernel}')`;
    case 'livepatch':
      return 'it is a live patch, and the kernel loads none';
    case 'symbol-missing':
      return `nothing exports ${reason.symbol}, which it needs`;
    case 'trimmed':
      return `the kernel does not export ${reason.symbol}, which it needs (TRIM_UNUSED_KSYMS)`;
    case 'gpl-only':
      return `${reason.symbol}, which it needs, is for GPL-compatible modules only`;
    case 'symbol-version':
      return `it was compiled for another version of ${reason.symbol}`;
    case 'symbol-unversioned':
      return `it lacks the version of ${reason.symbol}`;
    case 'needs-module':
      return reason.because === 'missing'
        ? `it needs the module ${reason.name}, which is not there`
        : `it needs the module ${reason.name}, which is refused: ${inWords(reason.because)}`;
    case 'namespace':
      return `it does not import the namespace ${reason.namespace} as the kernel requires`;
    case 'seen':
      return 'it was refused in a rehearsal';
    case 'duplicate-export':
      return `it exports ${reason.symbol}, which the kernel exports itself`;
  }
}
