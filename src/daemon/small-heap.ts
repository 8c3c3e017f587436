import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Keeps the heap of a process that waits most of its life small: V8 would let the room for young objects grow to
 * 16 MB in each half for a single look at the machine, and keep it. Call it before there is much on the heap.
 */
export function keepHeapSmall(): void {
  // With a growth factor of 1 it stays as small as it begins.
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--min-semi-space-size=1');
  setFlagsFromString('--max-semi-space-size=1');
  setFlagsFromString('--optimize-for-size');
  // What the optimizing compiler needs and makes is ten MB. A look now and then is too seldom to be worth that: most
  // of it are questions to the disk.
  setFlagsFromString('--no-opt');
}

/** The same, for one that does so little that it need not be fast: machine code would be a tenth of its memory. */
export function keepProcessSmall(): void {
  keepHeapSmall();
  setFlagsFromString('--no-sparkplug');
}

/**
 * What collects garbage now. V8 waits with its first full collection until there are tens of MB, and a process that
 * does a little once a minute would grow for days.
 */
export function garbageCollector(): () => void {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  return () => {
    if (typeof collect !== 'function') return;
    collect();
    // The pages that the first one empties are given back by the second.
    collect();
  };
}
