import { MIB } from './open-file.ts';

const BLOCK = MIB;

/**
 * Memory for the bytes of many files that are done with together. Where the same megabytes are used again for the next
 * of four trees, the kernel need not find and clear new ones, which takes longer than to read the files.
 */
export interface Arena {
  /** Room for so many bytes, until `clear`. */
  room(length: number): Buffer;
  /** Whoever still has bytes of it will see others there. */
  clear(): void;
}

/** An arena without memory yet: it takes a MiB at a time, when it is asked for room. */
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
