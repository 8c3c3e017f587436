import type { ModuleSignature } from '../../model/module.ts';
import type { OpenFile } from '../root.ts';

const MARKER = '~Module signature appended~\n';
const STRUCT = 12;

/** A signature behind the ELF file, and where the ELF file ends (struct module_signature, include/linux/module_signature.h). */
export interface Signed {
  readonly signature: ModuleSignature | null;
  /** Size of the ELF file without it, bytes. */
  readonly size: number;
}

export function readSignature(file: OpenFile): Signed {
  const { size } = file.stat;
  const tailSize = MARKER.length + STRUCT;
  if (size < tailSize) return { signature: null, size };
  const tail = file.read(size - tailSize, tailSize);
  if (tail.length < tailSize || tail.toString('latin1', STRUCT) !== MARKER) return { signature: null, size };
  const length = tail.readUInt32BE(8);
  const signed = size - tailSize - length;
  // With a length that cannot be, the kernel says EBADMSG; the ELF file is then taken to end at the marker.
  if (signed < 0) return { signature: { sound: false }, size: size - MARKER.length };
  return { signature: { sound: true }, size: signed };
}
