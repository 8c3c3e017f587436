/**
 * What all files of one look together may cost of the processor, ms. A look at a machine with four trees takes 300 of a
 * usual one; files that are made to be slow must not take the machine from its users.
 */
const PROCESSOR = 6_000;

/**
 * Begins a look. The result tells whether its time is over: so many ms of the clock that nobody sets, or of the
 * processor. A disk that is slow takes only of the first.
 */
export function beginLook(wall: number, processor = PROCESSOR): () => boolean {
  const start = performance.now();
  const before = process.cpuUsage();
  return () => {
    if (performance.now() - start > wall) return true;
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000 > processor;
  };
}
