/**
 * Processor time for all files of one scan, ms. A scan of a usual machine with four trees takes 300. Files that are
 * made to be slow must not take the machine from its users.
 */
const PROCESSOR = 6_000;
/** How often the processor time is read, ms: to read it takes the kernel a tenth of one. */
const ASK_EVERY = 50;

/**
 * Begins a scan. The returned function reports whether its time is over: `wall` ms of the monotonic clock, or
 * `processor` ms of processor time. A slow disk uses only the first.
 */
export function beginScan(wall: number, processor = PROCESSOR): () => boolean {
  const start = performance.now();
  const before = process.cpuUsage();
  let asked = start;
  let isSpent = false;
  return () => {
    const now = performance.now();
    if (now - start > wall) return true;
    // The kernel adds up all threads: for thousands of small files that would take a third of the time.
    if (isSpent || now - asked < ASK_EVERY) return isSpent;
    asked = now;
    const { user, system } = process.cpuUsage(before);
    isSpent = (user + system) / 1000 > processor;
    return isSpent;
  };
}
