import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Keeps the heap small in a process that mostly waits. For a single scan V8 would let each half of the space for young
 * objects grow to 16 MB, and keep that. Call it before there is much on the heap.
 */
export function keepHeapSmall(): void {
  // With a growth factor of 1 it stays as small as it begins.
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--min-semi-space-size=1');
  setFlagsFromString('--max-semi-space-size=1');
  setFlagsFromString('--optimize-for-size');
  // The optimizing compiler and its code take ten MB. Scans are too rare to be worth that, and mostly wait for the disk.
  setFlagsFromString('--no-opt');
}

/** The same for a process that does so little that it need not be fast: machine code would be a tenth of its memory. */
export function keepProcessSmall(): void {
  keepHeapSmall();
  setFlagsFromString('--no-sparkplug');
}

/**
 * Returns a function that collects garbage now. V8 delays its first full collection until there are tens of MB, so a
 * process that does a little once a minute would grow for days.
 */
export function garbageCollector(): () => void {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  return () => {
    if (typeof collect !== 'function') return;
    collect();
    // The second collection gives back the pages that the first one emptied.
    collect();
  };
}
