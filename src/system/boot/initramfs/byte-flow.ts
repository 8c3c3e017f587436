import type { ByteSource } from '../../bytes.ts';

/** A stream of bytes that is read forward only. */
export interface ByteFlow {
  /** Returns the next `length` bytes; fewer at the end. */
  take(length: number): Promise<Buffer>;
  /** Skips bytes. */
  skip(length: number): Promise<void>;
}

/** Called before bytes are read; throws to stop the reading. */
export type CheckStop = () => void;

/** A stream of a file. Skipped bytes are not read. `position`: offset of the next byte. */
export function flowOfSource(
  source: ByteSource,
  start: number,
  checkStop: CheckStop,
): ByteFlow & { position(): number } {
  let at = start;
  return {
    take: async (length) => {
      checkStop();
      const bytes = source.read(at, length);
      at += bytes.length;
      return bytes;
    },
    skip: async (length) => {
      at += length;
    },
    position: () => at,
  };
}

/** A stream of pieces that arrive one by one. Memory: the bytes that were requested, and one piece. */
export function flowOfChunks(chunks: AsyncIterator<Buffer>, checkStop: CheckStop): ByteFlow {
  let held: Buffer = Buffer.alloc(0);
  let ended = false;
  return {
    take: async (length) => {
      const parts: Buffer[] = [];
      let missing = length;
      while (missing > 0 && (await fill())) {
        const part = held.subarray(0, missing);
        held = held.subarray(part.length);
        parts.push(part);
        missing -= part.length;
      }
      return parts.length === 1 ? (parts[0] ?? Buffer.alloc(0)) : Buffer.concat(parts);
    },
    skip: async (length) => {
      let missing = length;
      while (missing > 0 && (await fill())) {
        const passed = Math.min(missing, held.length);
        held = held.subarray(passed);
        missing -= passed;
      }
    },
  };

  async function fill(): Promise<boolean> {
    while (held.length === 0 && !ended) {
      checkStop();
      const next = await chunks.next();
      if (next.done === true) ended = true;
      else held = next.value;
    }
    return held.length > 0;
  }
}
