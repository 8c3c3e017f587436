import { execFileSync } from 'node:child_process';
import { COMPILER_CACHE } from './cache.ts';

/** Runs make for User-mode Linux, out of tree; compiled objects are kept by ccache. */
export function make(tree: string, output: string, words: readonly string[]): void {
  execFileSync('make', makeWords(tree, output, words), {
    env: makeEnv(),
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: 30 * 60_000,
  });
}

export function makeWords(tree: string, output: string, words: readonly string[]): string[] {
  return ['-s', '-C', tree, 'ARCH=um', `O=${output}`, 'CC=ccache gcc', '-j2', ...words];
}

export function makeEnv(): NodeJS.ProcessEnv {
  const { PATH, HOME } = process.env;
  return { PATH, HOME, LC_ALL: 'C', CCACHE_DIR: COMPILER_CACHE, CCACHE_MAXSIZE: '2G' };
}
