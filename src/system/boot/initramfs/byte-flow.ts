import type { ByteSource } from '../../bytes.ts';

/** Bytes that come one after the other. */
export interface ByteFlow {
  /** The next `length` bytes; fewer where it ends. */
  take(length: number): Promise<Buffer>;
  /** Passes over bytes. */
  skip(length: number): Promise<void>;
}

/** Asked before bytes are fetched; throws where that is not to go on. */
export type MayGoOn = () => void;

/** A file: what is passed over is not read. `position` says how far it was read. */
export function flowOfSource(
  source: ByteSource,
  start: number,
  mayGoOn: MayGoOn,
): ByteFlow & { position(): number } {
  let at = start;
  return {
    take: async (length) => {
      mayGoOn();
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

/** What a program or Node unpacks, piece by piece. In memory is no more than what was asked for and one piece. */
export function flowOfChunks(chunks: AsyncIterator<Buffer>, mayGoOn: MayGoOn): ByteFlow {
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
      mayGoOn();
      const next = await chunks.next();
      if (next.done === true) ended = true;
      else held = next.value;
    }
    return held.length > 0;
  }
}
