import type { ByteSource } from '../bytes.ts';
import { MIB } from '../open-file.ts';
import { parseBanner, type VersionText } from './version-text.ts';

const NEEDLE = Buffer.from('Linux version ', 'latin1');
const BANNER_MAX = 1024;
const CHUNK = MIB;
/** A kernel has the words in one or two format strings, too; a file full of them must not cost minutes. */
const TRIES_MAX = 64;

/** Searches the first `limit` bytes for the kernel's banner; null: not found. Memory: two chunks of 1 MiB. */
export function findBanner(source: ByteSource, limit: number): VersionText | null {
  const end = Math.min(source.size, limit);
  let tries = 0;
  for (let start = 0; start < end; start += CHUNK) {
    // Chunks overlap, so a banner across their border is found.
    const chunk = source.read(start, Math.min(CHUNK + BANNER_MAX, end - start));
    for (let at = chunk.indexOf(NEEDLE); at !== -1 && at < CHUNK; at = chunk.indexOf(NEEDLE, at + 1)) {
      const version = parseBanner(textAt(chunk, at));
      if (version !== null) return version;
      if (++tries === TRIES_MAX) return null;
    }
    if (chunk.length < CHUNK) return null;
  }
  return null;
}

function textAt(chunk: Buffer, at: number): string {
  const text = chunk.toString('utf8', at, at + BANNER_MAX);
  const end = text.search(/[\n\0]/);
  return end === -1 ? text : text.slice(0, end);
}
