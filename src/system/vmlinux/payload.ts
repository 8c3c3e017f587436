import { type Compression, compressionOfBytes, decompressorOf } from '../../model/compression.ts';
import { type Fact, unknown } from '../../model/fact.ts';
import { type ByteSource, sourceOfFile, stretchOf } from '../bytes.ts';
import { decompressToFile } from '../decompress-to-file.ts';
import { isElf } from '../elf/segments.ts';
import { isBzImage } from '../images/bzimage.ts';
import { readPeSections } from '../images/pe-sections.ts';
import { MIB } from '../open-file.ts';

/** The largest compressed kernels of distributions have 20 MiB. */
const COMPRESSED_MAX = 64 * MIB;
/** A unified image that holds an EFI zboot image that holds a compressed kernel. */
const DEPTH_MAX = 4;

/**
 * Passes the decompressed kernel inside an image to `use`: the ELF file vmlinux, or the plain image of arm64 and riscv.
 * The image is a bzImage, a unified image (`.linux`), an EFI zboot image, compressed, or plain. Unknown where it cannot be
 * decompressed.
 */
export function withKernel<T>(source: ByteSource, use: (kernel: ByteSource) => Fact<T>, depth = 0): Fact<T> {
  if (depth > DEPTH_MAX) return unknown('malformed', 'images within images without end');
  const head = source.read(0, 0x260);
  if (isElf(head)) return use(source);
  if (isBzImage(head)) return ofBzImage(source, head, use, depth);
  const zboot = zbootPayload(source, head);
  if (zboot !== null) return withKernel(zboot, use, depth + 1);
  const linux = readPeSections(source)?.get('.linux');
  if (linux !== undefined) return withKernel(stretchOf(source, linux.offset, linux.size), use, depth + 1);
  const compression = compressionOfBytes(head, 'kernel');
  return compression === null ? use(source) : ofCompressed(source, compression, use, depth);
}

/** payload_offset and payload_length, since boot protocol 2.08 (Documentation/arch/x86/boot.rst). */
function ofBzImage<T>(
  source: ByteSource,
  head: Buffer,
  use: (kernel: ByteSource) => Fact<T>,
  depth: number,
): Fact<T> {
  if (head.length < 0x250 || head.readUInt16LE(0x206) < 0x208)
    return unknown('no-data', 'its boot header is too old to say where the kernel is');
  const start = ((head[0x1f1] || 4) + 1) * 512 + head.readUInt32LE(0x248);
  const payload = stretchOf(source, start, head.readUInt32LE(0x24c));
  const compression = compressionOfBytes(payload.read(0, 8), 'kernel');
  if (compression === null) return unknown('no-data', 'how its kernel is packed is not known');
  // kbuild appends the size to the data (size_append in scripts/Makefile.lib); gzip itself ends with it.
  const data = compression === 'gzip' ? payload : stretchOf(payload, 0, Math.max(0, payload.size - 4));
  return ofCompressed(data, compression, use, depth);
}

function ofCompressed<T>(
  source: ByteSource,
  compression: Compression,
  use: (kernel: ByteSource) => Fact<T>,
  depth: number,
): Fact<T> {
  if (source.size > COMPRESSED_MAX)
    return unknown('too-large', `more than ${COMPRESSED_MAX} bytes of packed kernel`);
  const tool = decompressorOf(compression, { forBoot: true });
  const compressed = source.read(0, source.size);
  return decompressToFile(tool, compressed, (file) => withKernel(sourceOfFile(file), use, depth + 1));
}

/** EFI zboot (drivers/firmware/efi/libstub/zboot-header.S): `zimg`, then offset and size of the compressed image. */
function zbootPayload(source: ByteSource, head: Buffer): ByteSource | null {
  if (!isZboot(head)) return null;
  return stretchOf(source, head.readUInt32LE(8), head.readUInt32LE(12));
}

/** Is it an EFI zboot image? */
export function isZboot(head: Buffer): boolean {
  return head.toString('latin1', 0, 2) === 'MZ' && head.toString('latin1', 4, 8) === 'zimg';
}
