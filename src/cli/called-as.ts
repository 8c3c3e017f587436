import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { errorCode } from '../system/system-error.ts';
import type { Outside } from './command.ts';

/** The program as it is built in a clone, beside its sources. */
const IN_CLONE = '/dist/aufswatch.cjs';

/**
 * The words that call this program where it was called, so that what is printed can be typed: `aufswatch` where it is
 * installed, `npx aufswatch` in a clone, and elsewhere the clone's program by its path.
 */
export function calledAs({ env, program }: Pick<Outside, 'env' | 'program'>): string[] {
  const script = realPath(program?.[1]);
  if (script === null || !script.endsWith(IN_CLONE) || isInstalled(env)) return ['aufswatch'];
  const clone = dirname(dirname(script));
  if (!existsSync(join(clone, 'src/cli'))) return ['aufswatch'];
  return process.cwd() === clone ? ['npx', 'aufswatch'] : ['node', script];
}

/** npx calls it by a link. */
function realPath(path: string | undefined): string | null {
  try {
    return path === undefined ? null : realpathSync(path);
  } catch (error) {
    if (errorCode(error) === null) throw error;
    return null;
  }
}

/** Beside what npm puts into PATH for as long as it runs. */
function isInstalled({ PATH = '' }: NodeJS.ProcessEnv): boolean {
  return PATH.split(':').some(
    (directory) =>
      directory.startsWith('/') &&
      !directory.includes('/node_modules/') &&
      !directory.includes('/_npx/') &&
      existsSync(join(directory, 'aufswatch')),
  );
}
