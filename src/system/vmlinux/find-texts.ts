import type { ByteSource } from '../bytes.ts';
import { MIB } from '../open-file.ts';

const CHUNK = 4 * MIB;
const TEXT_MAX = 512;
const FOUND_MAX = 64;

/** A text of the kernel, whole as it stands between two NULs. */
export interface FoundText {
  readonly text: string;
  /** Where its first byte is. */
  readonly at: number;
}

/**
 * Texts in a stretch of the kernel that hold one of these words, each list by its word. They are cut after 512 characters,
 * and of no word more than 64 are given.
 */
export function findTexts<Word extends string>(
  kernel: ByteSource,
  words: readonly Word[],
): ReadonlyMap<Word, readonly FoundText[]> {
  const found = new Map<Word, FoundText[]>(words.map((word) => [word, []]));
  for (let start = 0; start < kernel.size; start += CHUNK) {
    // Overlaps on both sides, so that a text across the border is seen whole.
    const from = Math.max(0, start - TEXT_MAX);
    const chunk = kernel.read(from, start - from + CHUNK + TEXT_MAX);
    for (const [word, texts] of found) {
      const first = start - from;
      for (
        let at = chunk.indexOf(word, first, 'latin1');
        at !== -1;
        at = chunk.indexOf(word, at + 1, 'latin1')
      ) {
        if (at - first >= CHUNK || texts.length === FOUND_MAX) break;
        const begin = chunk.lastIndexOf(0, at) + 1;
        const end = chunk.indexOf(0, at);
        const text = chunk.toString(
          'latin1',
          begin,
          Math.min(end === -1 ? chunk.length : end, begin + TEXT_MAX),
        );
        texts.push({ text, at: from + begin });
      }
    }
  }
  return found;
}
