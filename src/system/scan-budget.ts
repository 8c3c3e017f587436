/**
 * What all files of one look together may cost of the processor, ms. A look at a machine with four trees takes 300 of a
 * usual one; files that are made to be slow must not take the machine from its users.
 */
const PROCESSOR = 6_000;
/** How often the processor's time is asked for, ms: the kernel takes a tenth of one to tell. */
const ASK_EVERY = 50;

/**
 * Begins a look. The result tells whether its time is over: so many ms of the clock that nobody sets, or of the
 * processor. A disk that is slow takes only of the first.
 */
export function beginScan(wall: number, processor = PROCESSOR): () => boolean {
  const start = performance.now();
  const before = process.cpuUsage();
  let asked = start;
  let isSpent = false;
  return () => {
    const now = performance.now();
    if (now - start > wall) return true;
    // The kernel adds up all threads: of thousands of small files that would be a third of the time.
    if (isSpent || now - asked < ASK_EVERY) return isSpent;
    asked = now;
    const { user, system } = process.cpuUsage(before);
    isSpent = (user + system) / 1000 > processor;
    return isSpent;
  };
}
