import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { remoteMounts } from '../system/remote-mounts.ts';

/** How long it waits before it calls `notify`, ms. */
const LONG = 10_000;

/**
 * Resolves once the directory can be read, where it is on a file system that may not answer (FUSE, NFS). A process that
 * waits for such a file system cannot be ended, so another process reads it. `notify` is called if that takes long.
 */
export async function awaitRoot(directory: string, notify: (what: string) => void): Promise<void> {
  const path = resolve(directory);
  if (remoteMounts()?.holds(path) !== true) return;
  const timer = setTimeout(() => notify(`${path} does not answer; waiting until it does`), LONG);
  await new Promise<void>((done) => {
    // Without a field to print, stat(1) does not call the kernel.
    const child = spawn('stat', ['--format=%s', '--', path], { stdio: 'ignore' });
    // Without stat(1), opening the directory gives the reason.
    child.on('error', () => done());
    child.on('exit', () => done());
  });
  clearTimeout(timer);
}
