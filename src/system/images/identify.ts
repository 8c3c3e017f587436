import type { KernelIdentity } from '../../model/build.ts';
import { compressionOfBytes, compressionOfKbuild } from '../../model/compression.ts';
import { chainFact, type Fact, known, mapFact, type Unknown, unknown } from '../../model/fact.ts';
import type { BootImage } from '../../model/image.ts';
import { type ByteSource, sourceOfBuffer, stretchOf } from '../bytes.ts';
import { decompress } from '../decompress.ts';
import { buildIdOfSegments, isElf, PT_LOAD, readSegments } from '../elf/segments.ts';
import { MIB } from '../open-file.ts';
import { findBanner } from './banner-search.ts';
import { isBzImage, readBzImageVersion } from './bzimage.ts';
import { type PeSections, readPeSections } from './pe-sections.ts';
import type { VersionText } from './version-text.ts';

export interface IdentifiedImage {
  readonly kind: BootImage['kind'];
  readonly identity: KernelIdentity;
}

const SEARCH_MAX = 64 * MIB;
const UNAME_MAX = 256;
/** The deepest real nesting is three (a UKI with a compressed kernel). */
const DEPTH_MAX = 3;
/** No kernel is larger, unless it is an ELF file with its debug information. */
const PLAIN_MAX = 512 * MIB;
/** A compressed arm64 Image with everything built in is smaller. */
const GZIP_MAX = 32 * MIB;
const ZBOOT_MAX = 32 * MIB;
const ARM64_MARK = 0x644d5241; // "ARM\x64"
const RISCV_MARK = 0x05435352; // "RSC\x05"
const LINUX_PE_MARK = 0x818223cd;
const PACKED = unknown('no-data', 'the build ID is inside the compressed kernel');
const NO_NOTES = unknown('no-data', 'nothing in it tells the build ID');

/**
 * Identifies the kernel in an image. Removes layer by layer: gzip, EFI zboot, and the section `.linux` of a unified kernel
 * image (UKI, systemd-stub(7)), whose `.uname` has its release.
 */
export function identifyImage(source: ByteSource): IdentifiedImage {
  let inside: Fact<ByteSource> = known(source);
  let uki: Uki | null = null;
  for (let depth = 0; depth <= DEPTH_MAX && inside.known; depth++) {
    const layer = layerAround(inside.value);
    if (layer === null) return asPartOf(uki, identifyPlain(inside.value));
    uki ??= layer.uki;
    inside = layer.inside;
  }
  const reason = inside.known ? unknown('malformed', 'images within images without end') : inside;
  return asPartOf(uki, nothing(reason));
}

/** The content of an image, and what the image around it says of it. */
interface Layer {
  readonly inside: Fact<ByteSource>;
  readonly uki: Uki | null;
}

interface Uki {
  /** From `.uname`; null: it is missing, or no valid release. */
  readonly release: string | null;
}

/** null: this is the kernel itself. */
function layerAround(source: ByteSource): Layer | null {
  const head = source.read(0, 0x210);
  if (isBzImage(head) || isElf(head)) return null;
  if (compressionOfBytes(head, 'kernel') === 'gzip')
    return { inside: mapFact(gunzipped(source), sourceOfBuffer), uki: null };
  const payload = zbootPayload(source, head);
  if (payload !== null) return { inside: payload, uki: null };
  const sections = readPeSections(source);
  if (!sections?.has('.linux')) return null;
  const uname = sectionOf(source, sections, '.uname').read(0, UNAME_MAX).toString('utf8');
  const release = uname.replace(/\0.*$/s, '').trim();
  return {
    inside: known(sectionOf(source, sections, '.linux')),
    uki: { release: /^[\w.+~-]{1,160}$/.test(release) ? release : null },
  };
}

function asPartOf(uki: Uki | null, { kind, identity }: IdentifiedImage): IdentifiedImage {
  if (uki === null) return { kind, identity };
  const { release } = uki;
  return { kind: 'uki', identity: release === null ? identity : { ...identity, release: known(release) } };
}

/** Identifies a bzImage by its header, ELF (User-mode Linux, vmlinux) and others by the banner in their first 64 MiB. */
function identifyPlain(source: ByteSource): IdentifiedImage {
  const head = source.read(0, 0x210);
  if (isBzImage(head)) return identified('bzimage', readBzImageVersion(source), PACKED);
  if (isElf(head)) return identifyElf(source);
  if (source.size > PLAIN_MAX) return nothing(unknown('too-large', 'it is larger than any kernel'));
  return identified('other', findBanner(source, SEARCH_MAX), NO_NOTES);
}

/**
 * Do the first bytes and the section table show a kernel? A cheap test, for files with another name. arm64, riscv and
 * loongarch images have their mark at 0x38 (Documentation/arch/arm64/booting.rst).
 */
export function looksLikeKernel(source: ByteSource): boolean {
  const head = source.read(0, 0x210);
  if (isBzImage(head)) return readBzImageVersion(source) !== null;
  if (head.length < 0x40) return false;
  const mark = head.readUInt32LE(0x38);
  if (mark === ARM64_MARK || mark === RISCV_MARK || mark === LINUX_PE_MARK) return true;
  return readPeSections(source)?.has('.linux') ?? false;
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

/** Padding or a signature often follows an image, and one that is cut short still has its version. */
function gunzipped(source: ByteSource): Fact<Buffer> {
  if (source.size > GZIP_MAX) return unknown('too-large', `more than ${GZIP_MAX} bytes of gzip data`);
  return decompress(source.read(0, source.size), 'gzip', { cutShort: true });
}

/** The image in an EFI zboot image (drivers/firmware/efi/libstub/zboot-header.S); null: it is none. */
function zbootPayload(source: ByteSource, head: Buffer): Fact<ByteSource> | null {
  if (head.length < 0x40 || head.toString('latin1', 0, 2) !== 'MZ') return null;
  if (head.toString('latin1', 4, 8) !== 'zimg') return null;
  const type = head.toString('latin1', 24, 32).replace(/\0.*$/s, '');
  const compression = compressionOfKbuild(type);
  const payload = stretchOf(source, head.readUInt32LE(8), head.readUInt32LE(12));
  if (compression === 'gzip') return known(payload);
  if (compression === null) return unknown('no-data', `cannot look into its ${type} data`);
  if (payload.size > ZBOOT_MAX) return unknown('too-large', `more than ${ZBOOT_MAX} bytes of ${type} data`);
  return mapFact(decompress(payload.read(0, payload.size), compression), sourceOfBuffer);
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
