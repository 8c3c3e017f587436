import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { errorCode } from '../system/system-error.ts';
import type { Outside } from './command.ts';

/** The path of the program inside a clone. */
const IN_CLONE = '/dist/aufswatch.cjs';

/**
 * The words that start this program from the current directory, so that a printed hint can be typed: `aufswatch` where it
 * is installed, `npx aufswatch` in a clone, elsewhere `node` with the path in the clone.
 */
export function calledAs({ env, program }: Pick<Outside, 'env' | 'program'>): string[] {
  const script = realPath(program?.[1]);
  if (script === null || !script.endsWith(IN_CLONE) || isInstalled(env)) return ['aufswatch'];
  const clone = dirname(dirname(script));
  if (!existsSync(join(clone, 'src/cli'))) return ['aufswatch'];
  return process.cwd() === clone ? ['npx', 'aufswatch'] : ['node', script];
}

/** npx starts the program through a symlink. */
function realPath(path: string | undefined): string | null {
  try {
    return path === undefined ? null : realpathSync(path);
  } catch (error) {
    if (errorCode(error) === null) throw error;
    return null;
  }
}

/** Directories that npm adds to PATH while it runs do not count. */
function isInstalled({ PATH = '' }: NodeJS.ProcessEnv): boolean {
  return PATH.split(':').some(
    (directory) =>
      directory.startsWith('/') &&
      !directory.includes('/node_modules/') &&
      !directory.includes('/_npx/') &&
      existsSync(join(directory, 'aufswatch')),
  );
}
