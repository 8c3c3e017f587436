import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { remoteMounts } from '../system/remote-mounts.ts';

/** How long it may take before that is told, ms. */
const LONG = 10_000;

/**
 * Resolves once the directory answers, where it lies on a file system that may not (FUSE, NFS). Who asks such a one
 * himself can be ended by nobody, so it is a process of its own that asks. `tell` hears of it where it takes long.
 */
export async function awaitRoot(directory: string, tell: (what: string) => void): Promise<void> {
  const path = resolve(directory);
  if (remoteMounts()?.holds(path) !== true) return;
  const told = setTimeout(() => tell(`${path} does not answer; waiting until it does`), LONG);
  await new Promise<void>((done) => {
    // Without a field that it wants to know it does not ask.
    const child = spawn('stat', ['--format=%s', '--', path], { stdio: 'ignore' });
    // Without that program, whoever opens it says what is wrong.
    child.on('error', () => done());
    child.on('exit', () => done());
  });
  clearTimeout(told);
}
