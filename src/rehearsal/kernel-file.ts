import { type Fact, known, unknown } from '../model/fact.ts';
import type { RehearsedFile } from '../model/rehearsal.ts';
import { sourceOfBuffer } from '../system/bytes.ts';
import { isBzImage } from '../system/images/bzimage.ts';
import { readPeSections } from '../system/images/pe-sections.ts';
import { MIB } from '../system/open-file.ts';
import type { Root } from '../system/root.ts';
import { crypto } from '../system/seldom.ts';
import { isZboot, withKernel } from '../system/vmlinux/payload.ts';

/** A unified kernel image with a large initramfs is some 200 MiB. */
const IMAGE_MAX = 512 * MIB;
const KERNEL_MAX = 128 * MIB;

export interface KernelFile {
  /** The part that QEMU can start: the section `.linux` of a unified kernel image, the unpacked content of an EFI zboot image. */
  readonly kernel: Buffer;
  /** The architecture of the kernel, from the form of the image; null: not known. */
  readonly arch: 'x64' | 'arm64' | null;
  /** The file that it was taken from. */
  readonly file: RehearsedFile;
}

/** Reads a kernel image for QEMU; unknown if it cannot be read, or is too large for a kernel. */
export function kernelFile(root: Root, path: string): Fact<KernelFile> {
  return root.withFile(path, ({ stat, read }) => {
    if (stat.size > IMAGE_MAX) return unknown('too-large', `${path} is larger than ${IMAGE_MAX} bytes`);
    const bytes = read(0, stat.size);
    const found = bareKernel(bytes);
    if (!found.known) return found;
    const kernel = found.value;
    if (kernel.length > KERNEL_MAX) return unknown('too-large', `${path} holds more than any kernel`);
    const hash = crypto().createHash('sha256').update(bytes).digest('hex');
    return known({
      kernel,
      arch: archOf(kernel),
      file: { path, size: stat.size, mtimeMs: stat.mtime, hash },
    });
  });
}

function bareKernel(bytes: Buffer): Fact<Buffer> {
  // A bzImage with an EFI stub is a PE file too, but a kernel by itself.
  if (isBzImage(bytes)) return known(bytes);
  const source = sourceOfBuffer(bytes);
  const linux = readPeSections(source)?.get('.linux');
  if (linux !== undefined) return bareKernel(bytes.subarray(linux.offset, linux.offset + linux.size));
  // QEMU supports these since version 8, but not all of them.
  if (isZboot(bytes)) return withKernel(source, (kernel) => known(kernel.read(0, kernel.size)));
  return known(bytes);
}

/** The magic of an arm64 Image (Documentation/arm64/booting.rst). */
function archOf(kernel: Buffer): KernelFile['arch'] {
  if (isBzImage(kernel)) return 'x64';
  return kernel.toString('latin1', 0x38, 0x3c) === 'ARM\x64' ? 'arm64' : null;
}
