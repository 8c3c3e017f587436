import { remoteMounts } from '../system/remote-mounts.ts';
import { openRoot, type Root } from '../system/root.ts';

/** How long one use of the root may read, ms. */
const LIMIT = 60_000;

/**
 * The root as the daemon's own process reads it: without file systems that may not answer (NFS, FUSE). Those are read by
 * the process that scans.
 */
export function localRoot(directory: string): Root {
  const start = performance.now();
  const remote = remoteMounts();
  const mayRead = (host: string): boolean => remote === null || !remote.holds(host);
  return openRoot(directory, () => performance.now() - start > LIMIT, mayRead);
}
