import { type Fact, known, unknown } from '../model/fact.ts';
import type { RehearsedFile } from '../model/rehearsal.ts';
import { sourceOfBuffer } from '../system/bytes.ts';
import { isBzImage } from '../system/images/bzimage.ts';
import { readPeSections } from '../system/images/pe-sections.ts';
import { MIB } from '../system/open-file.ts';
import type { Root } from '../system/root.ts';
import { crypto } from '../system/seldom.ts';

/** A unified kernel image with a large initramfs is some 200 MiB. */
const IMAGE_MAX = 512 * MIB;
const KERNEL_MAX = 128 * MIB;

export interface KernelFile {
  /** What QEMU can start: of a unified kernel image its section `.linux`. */
  readonly kernel: Buffer;
  /** The file that it was taken from. */
  readonly file: RehearsedFile;
}

/** Reads a kernel image for QEMU; unknown where it cannot be read, or is too large for a kernel. */
export function kernelFile(root: Root, path: string): Fact<KernelFile> {
  return root.withFile(path, ({ stat, read }) => {
    if (stat.size > IMAGE_MAX) return unknown('too-large', `${path} is larger than ${IMAGE_MAX} bytes`);
    const bytes = read(0, stat.size);
    const kernel = bareKernel(bytes);
    if (kernel.length > KERNEL_MAX) return unknown('too-large', `${path} holds more than any kernel`);
    const hash = crypto().createHash('sha256').update(bytes).digest('hex');
    return known({ kernel, file: { path, size: stat.size, mtime: stat.mtime, hash } });
  });
}

function bareKernel(bytes: Buffer): Buffer {
  // With an EFI stub it is a PE file as well, and a kernel by itself.
  if (isBzImage(bytes.subarray(0, 0x210))) return bytes;
  const linux = readPeSections(sourceOfBuffer(bytes))?.get('.linux');
  return linux === undefined ? bytes : bytes.subarray(linux.offset, linux.offset + linux.size);
}
