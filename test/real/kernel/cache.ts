import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The sources of the kernels and modules, in the checkout. */
export const BENCH = join(import.meta.dirname, '../../../../test/real/kernel');
export const SOURCE_PACKAGE = '/usr/src/linux-source-6.1.tar.xz';

const TOP = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'aufswatch-uml');

/** The directory of the compiled kernels. Its name depends on everything that they are made from. */
export function cacheDirectory(): string {
  return join(TOP, key());
}

/**
 * The directory in which they are compiled. It is always the same, because the compiler's cache uses the path of a
 * file.
 */
export const WORKSHOP = join(TOP, 'work');

/**
 * The kernel sources there, as a package of sources has them: the workshop is the root of the story's machine as well.
 */
export const TREE_IN_WORKSHOP = '/usr/src/linux-6.1.192-gentoo';

/** Compiled objects of all kernels. */
export const COMPILER_CACHE = join(TOP, 'ccache');

/** The directory of a kernel of the matrix and its modules, after they are built. */
export function kernelDirectory(name: string): string {
  return join(cacheDirectory(), 'kernels', name);
}

function key(): string {
  const hash = createHash('sha256');
  hash.update(execFileSync('dpkg-query', ['-s', 'linux-source-6.1']));
  hash.update(execFileSync('gcc', ['--version']));
  const entries = readdirSync(BENCH, { recursive: true, encoding: 'utf8' });
  // The kernels depend on these files, not on the tests that then use them.
  const inputs = entries.filter((path) =>
    /^(patches|modules|builtin|guest)\/|defconfig$|(variants|build-kernels)\.ts$/.test(path),
  );
  for (const path of inputs.sort()) hash.update(`${path}\0`).update(readFileSync(join(BENCH, path)));
  return hash.digest('hex').slice(0, 16);
}
