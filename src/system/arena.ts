import { MIB } from './open-file.ts';

const BLOCK = MIB;

/**
 * Memory for the bytes of many files that are released together. It is used again for the next tree: new pages cost
 * the kernel more time than reading the files.
 */
export interface Arena {
  /** A buffer of `length` bytes, valid until `clear`. */
  room(length: number): Buffer;
  /** Buffers handed out before are overwritten from now on. */
  clear(): void;
}

/** An empty arena. It allocates a MiB at a time, when room is needed. */
export function openArena(): Arena {
  const blocks: Buffer[] = [];
  let block = 0;
  let used = 0;
  return {
    room: (length) => {
      if (length > BLOCK) return Buffer.allocUnsafeSlow(length);
      if (used + length > BLOCK) {
        block++;
        used = 0;
      }
      const memory = blocks[block] ?? Buffer.allocUnsafeSlow(BLOCK);
      blocks[block] = memory;
      used += length;
      return memory.subarray(used - length, used);
    },
    clear: () => {
      block = 0;
      used = 0;
    },
  };
}
