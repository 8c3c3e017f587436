import type { KernelIdentity } from '../../model/build.ts';
import { chainFact, type Fact, known, mapFact, type Unknown, unknown } from '../../model/fact.ts';
import type { BootImage } from '../../model/image.ts';
import { type ByteSource, sourceOfBuffer, stretchOf } from '../bytes.ts';
import { buildIdOfSegments, isElf, PT_LOAD, readSegments } from '../elf/segments.ts';
import { MIB } from '../open-file.ts';
import { unpack } from '../unpack.ts';
import { findBanner } from './banner-search.ts';
import { isBzImage, readBzImageVersion } from './bzimage.ts';
import { type PeSections, readPeSections } from './pe-sections.ts';
import { gunzip, isGzip } from './unpack.ts';
import type { VersionText } from './version-text.ts';

export interface IdentifiedImage {
  readonly kind: BootImage['kind'];
  readonly identity: KernelIdentity;
}

const SEARCH_MAX = 64 * MIB;
const UNAME_MAX = 256;
/** An image in an image in an image (a UKI with a compressed kernel) is the deepest there is. */
const DEPTH_MAX = 3;
/** No kernel is larger, unless it is an ELF file with its debug information. */
const PLAIN_MAX = 512 * MIB;
const ZBOOT_MAX = 32 * MIB;
const ARM64_MARK = 0x644d5241; // "ARM\x64"
const RISCV_MARK = 0x05435352; // "RSC\x05"
const LINUX_PE_MARK = 0x818223cd;
const PACKED = unknown('no-data', 'the build ID is inside the compressed kernel');
const NO_NOTES = unknown('no-data', 'nothing in it tells the build ID');

/**
 * What a kernel image says of itself: an x86 bzImage by its header, a unified kernel image (UKI, systemd-stub(7))
 * by its sections `.uname` and `.linux`, ELF (User-mode Linux, vmlinux), gzip, EFI zboot and plain images by
 * the banner "Linux version" inside. At most 64 MiB are looked through.
 */
export function identifyImage(source: ByteSource, depth = 0): IdentifiedImage {
  if (depth > DEPTH_MAX) return nothing(unknown('malformed', 'images within images without end'));
  const head = source.read(0, 0x210);
  if (isBzImage(head)) return identified('bzimage', readBzImageVersion(source), PACKED);
  if (isGzip(head)) return withinGzip(source, depth);
  if (isElf(head)) return identifyElf(source);
  const payload = zbootPayload(source, head);
  if (payload !== null) return payload.known ? identifyImage(payload.value, depth + 1) : nothing(payload);
  const sections = readPeSections(source);
  if (sections?.has('.linux')) return identifyUki(source, sections, depth);
  if (source.size > PLAIN_MAX) return nothing(unknown('too-large', 'it is larger than any kernel'));
  return identified('other', findBanner(source, SEARCH_MAX), NO_NOTES);
}

/**
 * Do the first bytes and the section table say that it is a kernel? Cheap, for files whose name does not say
 * so. arm64, riscv and loongarch images have their mark at 0x38 (Documentation/arch/arm64/booting.rst).
 */
export function looksLikeKernel(source: ByteSource): boolean {
  const head = source.read(0, 0x210);
  if (isBzImage(head)) return readBzImageVersion(source) !== null;
  if (head.length < 0x40) return false;
  const mark = head.readUInt32LE(0x38);
  if (mark === ARM64_MARK || mark === RISCV_MARK || mark === LINUX_PE_MARK) return true;
  return readPeSections(source)?.has('.linux') ?? false;
}

function identifyUki(source: ByteSource, sections: PeSections, depth: number): IdentifiedImage {
  const linux = identifyImage(sectionOf(source, sections, '.linux'), depth + 1).identity;
  const uname = sectionOf(source, sections, '.uname').read(0, UNAME_MAX).toString('utf8');
  const release = uname.replace(/\0.*$/s, '').trim();
  return {
    kind: 'uki',
    identity: /^[\w.+~-]{1,160}$/.test(release) ? { ...linux, release: known(release) } : linux,
  };
}

function sectionOf(source: ByteSource, sections: PeSections, name: string): ByteSource {
  const section = sections.get(name) ?? { offset: 0, size: 0 };
  return stretchOf(source, section.offset, section.size);
}

function identifyElf(source: ByteSource): IdentifiedImage {
  const elf = readSegments(source);
  if (elf === null) return nothing(unknown('malformed', 'the ELF header is damaged'));
  const id = buildIdOfSegments(source, elf);
  const buildId = id === null ? NO_NOTES : known(id);
  let left = SEARCH_MAX;
  for (const segment of elf.segments) {
    if (segment.type !== PT_LOAD || left <= 0) continue;
    const stretch = stretchOf(source, segment.offset, segment.size);
    const version = findBanner(stretch, left);
    if (version !== null) return identified('other', version, buildId);
    left -= stretch.size;
  }
  return identified('other', null, buildId);
}

function withinGzip(source: ByteSource, depth: number): IdentifiedImage {
  const unpacked = gunzip(source);
  return unpacked.known ? identifyImage(sourceOfBuffer(unpacked.value), depth + 1) : nothing(unpacked);
}

/** EFI zboot (drivers/firmware/efi/libstub/zboot-header.S); null: not of that kind. */
function zbootPayload(source: ByteSource, head: Buffer): Fact<ByteSource> | null {
  if (head.length < 0x40 || head.toString('latin1', 0, 2) !== 'MZ') return null;
  if (head.toString('latin1', 4, 8) !== 'zimg') return null;
  const compression = head.toString('latin1', 24, 32).replace(/\0.*$/s, '');
  const payload = stretchOf(source, head.readUInt32LE(8), head.readUInt32LE(12));
  if (compression === 'gzip') return known(payload);
  // As kbuild calls what makes them (drivers/firmware/efi/libstub/Makefile.zboot).
  const packing = /^(zstd|xz)(22|kern)?$/.exec(compression)?.[1];
  if (packing !== 'zstd' && packing !== 'xz')
    return unknown('no-data', `cannot look into its ${compression} data`);
  if (payload.size > ZBOOT_MAX)
    return unknown('too-large', `more than ${ZBOOT_MAX} bytes of ${compression} data`);
  return mapFact(unpack(payload.read(0, payload.size), packing), sourceOfBuffer);
}

function identified(
  kind: BootImage['kind'],
  version: VersionText | null,
  buildId: Fact<string>,
): IdentifiedImage {
  const text = version === null ? unknown('no-data', 'it holds no kernel version') : known(version);
  return {
    kind,
    identity: {
      release: mapFact(text, ({ release }) => release),
      utsVersion: chainFact(text, ({ utsVersion }) =>
        utsVersion === null ? unknown('no-data', 'its version text has no UTS_VERSION') : known(utsVersion),
      ),
      buildId,
    },
  };
}

function nothing(reason: Unknown): IdentifiedImage {
  return { kind: 'other', identity: { release: reason, utsVersion: reason, buildId: reason } };
}
