import { type Fact, unknown } from '../../model/fact.ts';
import { type ByteSource, sourceOfFile, stretchOf } from '../bytes.ts';
import { isElf } from '../elf/segments.ts';
import { isBzImage } from '../images/bzimage.ts';
import { readPeSections } from '../images/pe-sections.ts';
import { MIB } from '../open-file.ts';
import { unpackedBy } from './scratch.ts';

/** Packed, the largest kernels of distributions have 20 MiB. */
const PACKED_MAX = 64 * MIB;
/** A unified image, with an EFI zboot image, with a packed kernel. */
const DEPTH_MAX = 4;

interface Unpacker {
  readonly magic: Buffer;
  readonly tool: string;
  readonly args: readonly string[];
  /** Does kbuild put the size behind the data (scripts/Makefile.lib, size_append)? */
  readonly sizeBehind: boolean;
}

const UNPACKERS: readonly Unpacker[] = [
  { magic: Buffer.from([0x1f, 0x8b, 8]), tool: 'gzip', args: ['-dc'], sizeBehind: false },
  { magic: Buffer.from('fd377a585a00', 'hex'), tool: 'xz', args: ['-dc'], sizeBehind: true },
  // kbuild packs with a window of 128 MiB, which the tool refuses unless it is asked.
  { magic: Buffer.from('28b52ffd', 'hex'), tool: 'zstd', args: ['-dcq', '--long=31'], sizeBehind: true },
  { magic: Buffer.from('02214c18', 'hex'), tool: 'lz4', args: ['-dcq'], sizeBehind: true },
  { magic: Buffer.from('BZh'), tool: 'bzip2', args: ['-dc'], sizeBehind: true },
  { magic: Buffer.from('5d0000', 'hex'), tool: 'xz', args: ['-dc', '--format=lzma'], sizeBehind: true },
];

/**
 * Hands the kernel inside an image to `use`, unpacked: the ELF file vmlinux, or the plain image of arm64 and riscv. Knows
 * bzImage, unified images (`.linux`), EFI zboot, gzip, and what is not packed at all. Unknown where it cannot be
 * unpacked.
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
  const unpacker = unpackerOf(head);
  if (unpacker === null) return use(source);
  return unpacked(source, { ...unpacker, sizeBehind: false }, use, depth);
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
  const unpacker = unpackerOf(payload.read(0, 8));
  if (unpacker === null) return unknown('no-data', 'how its kernel is packed is not known');
  return unpacked(payload, unpacker, use, depth);
}

function unpacked<T>(
  source: ByteSource,
  { tool, args, sizeBehind }: Unpacker,
  use: (kernel: ByteSource) => Fact<T>,
  depth: number,
): Fact<T> {
  if (source.size > PACKED_MAX) return unknown('too-large', `more than ${PACKED_MAX} bytes of packed kernel`);
  const packed = source.read(0, Math.max(0, source.size - (sizeBehind ? 4 : 0)));
  return unpackedBy(tool, args, packed, (file) => withKernel(sourceOfFile(file), use, depth + 1));
}

function unpackerOf(head: Buffer): Unpacker | null {
  return UNPACKERS.find(({ magic }) => head.subarray(0, magic.length).equals(magic)) ?? null;
}

/** EFI zboot (drivers/firmware/efi/libstub/zboot-header.S): `zimg`, where the packed image is, and how it is packed. */
function zbootPayload(source: ByteSource, head: Buffer): ByteSource | null {
  if (!isZboot(head)) return null;
  return stretchOf(source, head.readUInt32LE(8), head.readUInt32LE(12));
}

/** Is it an EFI zboot image? */
export function isZboot(head: Buffer): boolean {
  return head.toString('latin1', 0, 2) === 'MZ' && head.toString('latin1', 4, 8) === 'zimg';
}
