import type { ByteSource } from '../bytes.ts';
import { MIB } from '../open-file.ts';

const CHUNK = 4 * MIB;
const TEXT_MAX = 512;
const FOUND_MAX = 64;

/** A whole text of the kernel, from NUL to NUL. */
export interface FoundText {
  readonly text: string;
  /** Offset of its first byte. */
  readonly at: number;
}

/**
 * Finds the texts in a part of the kernel that contain one of these words; returns a list for each word. Texts are cut
 * after 512 characters, lists after 64 texts.
 */
export function findTexts<Word extends string>(
  kernel: ByteSource,
  words: readonly Word[],
): ReadonlyMap<Word, readonly FoundText[]> {
  const found = new Map<Word, FoundText[]>(words.map((word) => [word, []]));
  for (let start = 0; start < kernel.size; start += CHUNK) {
    // Chunks overlap on both sides, so a text across the border is found whole.
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
