import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** What the bench compiles, as it lies in the checkout. */
export const BENCH = join(import.meta.dirname, '../../../../test/real/kernel');
export const SOURCE_PACKAGE = '/usr/src/linux-source-6.1.tar.xz';

const TOP = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'aufswatch-uml');

/** Where compiled kernels are kept: one directory for everything that goes into them. */
export function cacheDirectory(): string {
  return join(TOP, key());
}

/** Where they are compiled: always in the same place, for the compiler's cache knows a file by its path. */
export const WORKSHOP = join(TOP, 'work');

/** The kernel sources there, as a package of sources has them: the workshop is the root of the story's machine as well. */
export const TREE_IN_WORKSHOP = '/usr/src/linux-6.1.192-gentoo';

/** Compiled objects, whatever they went into. */
export const COMPILER_CACHE = join(TOP, 'ccache');

/** Where a kernel of the bench and its modules are, once they are built. */
export function kernelDirectory(name: string): string {
  return join(cacheDirectory(), 'kernels', name);
}

function key(): string {
  const hash = createHash('sha256');
  hash.update(execFileSync('dpkg-query', ['-s', 'linux-source-6.1']));
  hash.update(execFileSync('gcc', ['--version']));
  const entries = readdirSync(BENCH, { recursive: true, encoding: 'utf8' });
  // The kernels themselves depend on these, not on what is then done with them.
  const inputs = entries.filter((path) =>
    /^(patches|modules|builtin|guest)\/|defconfig$|(variants|build-kernels)\.ts$/.test(path),
  );
  for (const path of inputs.sort()) hash.update(`${path}\0`).update(readFileSync(join(BENCH, path)));
  return hash.digest('hex').slice(0, 16);
}
