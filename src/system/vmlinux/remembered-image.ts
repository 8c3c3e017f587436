import type { KernelExport } from '../../model/abi.ts';
import { type Fact, mapFact } from '../../model/fact.ts';
import type { HashMemory } from '../images/hash-file.ts';
import type { Root } from '../root.ts';
import { type KernelImage, readKernelImage } from './kernel-image.ts';

/** Each kernel takes half a MB. */
const REMEMBERED_MAX = 8;
/** Raise the number when more is read from an image: stored results lack it. */
const PREFIX = 'kernel 3 ';

/**
 * Like readKernelImage, for repeated scans: an unchanged image is read once. The result is stored as text, together with
 * the hashes of images.
 */
export function rememberedImage(
  root: Root,
  path: string,
  release: string,
  memory: HashMemory | undefined,
): Fact<KernelImage> {
  const stat = root.stat(path);
  if (!stat.known) return stat;
  const { id, size, mtime } = stat.value;
  const key = `${PREFIX}${[path, id, size, mtime, release].join(' ')}`;
  const before = memory?.get(key);
  if (before !== undefined) return fromText(before);
  const image = readKernelImage(root, path, release);
  // After a timeout, the next scan tries again.
  if (image.known || image.code === 'malformed' || image.code === 'no-data') {
    forgetOldest(memory);
    memory?.set(key, toText(image));
  }
  return image;
}

function forgetOldest(memory: HashMemory | undefined): void {
  const kept = [...(memory?.keys() ?? [])].filter((key) => key.startsWith(PREFIX));
  for (const key of kept.slice(0, Math.max(0, kept.length - REMEMBERED_MAX + 1))) memory?.delete(key);
}

interface Kept extends Omit<KernelImage, 'exports'> {
  readonly exports: Fact<readonly (readonly [string, number | null, boolean | null, string | null])[]>;
}

function toText(image: Fact<KernelImage>): string {
  const kept: Fact<Kept> = mapFact(image, ({ exports, ...rest }) => ({
    ...rest,
    exports: mapFact(exports, (all) =>
      [...all].map(([name, { crc, gplOnly, namespace }]) => [name, crc, gplOnly, namespace] as const),
    ),
  }));
  return JSON.stringify(kept);
}

/** This process has written the text, or an earlier one of the daemon. */
function fromText(text: string): Fact<KernelImage> {
  const kept: Fact<Kept> = JSON.parse(text);
  return mapFact(kept, ({ exports, ...rest }) => ({
    ...rest,
    exports: mapFact(exports, (all) => new Map(all.map(exportOf))),
  }));
}

function exportOf([name, crc, gplOnly, namespace]: readonly [
  string,
  number | null,
  boolean | null,
  string | null,
]): [string, KernelExport] {
  return [name, { crc, gplOnly, namespace, from: 'vmlinux' }];
}
