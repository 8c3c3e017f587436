import { type Fact, known, unknown } from '../../model/fact.ts';
import { MIB } from '../open-file.ts';
import type { Root } from '../root.ts';
import { crypto } from '../seldom.ts';

/** A UKI with a large initramfs is some 200 MiB. */
const SIZE_MAX = 512 * MIB;

/** Hashes by path, file, size and mtime: an unchanged file is read once in the life of a process. */
export type HashMemory = Map<string, string>;

const REMEMBERED_MAX = 256;

/** Like hashFile, but takes the hash from `memory` if the file has not changed. */
export function rememberedHash(root: Root, path: string, memory: HashMemory): Fact<string> {
  const stat = root.stat(path);
  if (!stat.known) return stat;
  const { id, size, mtime } = stat.value;
  const key = [path, id, size, mtime].join(' ');
  const before = memory.get(key);
  if (before !== undefined) return known(before);
  const hash = hashFile(root, path);
  if (memory.size >= REMEMBERED_MAX) memory.clear();
  if (hash.known) memory.set(key, hash.value);
  return hash;
}

/** SHA-256 of a file, hex, read in pieces of 1 MiB. */
export function hashFile(root: Root, path: string): Fact<string> {
  return root.withFile(path, (file) => {
    if (file.stat.size > SIZE_MAX) return unknown('too-large', `${path} is larger than ${SIZE_MAX} bytes`);
    const hash = crypto().createHash('sha256');
    for (let offset = 0; offset < SIZE_MAX; ) {
      if (root.expired()) return unknown('timeout', `there was no time to hash ${path}`);
      const part = file.read(offset, MIB);
      if (part.length === 0) break;
      hash.update(part);
      offset += part.length;
    }
    return known(hash.digest('hex'));
  });
}

/** The hash where hashing was not requested. */
export const NOT_HASHED = unknown('no-data', 'hashing was not asked for');
