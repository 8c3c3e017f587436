import { statSync } from 'node:fs';
import { openRoot } from '../system/root.ts';
import { errorCode } from '../system/system-error.ts';
import type { Result } from './result.ts';

/** The root that a command asks for. */
export function openDirectory(
  directory: string,
  expired: () => boolean = () => false,
  mayAsk: (host: string) => boolean = () => true,
): Result<ReturnType<typeof openRoot>> {
  const wrong = rootMistake(directory);
  return wrong === null
    ? { ok: true, value: openRoot(directory, expired, mayAsk) }
    : { ok: false, message: `--root ${wrong}` };
}

/** What is wrong with the directory that is to be the root; null: nothing. */
export function rootMistake(directory: string): string | null {
  // For the system this is the working directory, for the user a variable that was not set.
  if (directory === '') return '"": name a directory';
  try {
    return statSync(directory).isDirectory() ? null : `${directory}: not a directory`;
  } catch (error) {
    const code = errorCode(error);
    if (code === null) throw error;
    return `${directory}: ${code === 'EACCES' ? 'permission denied (EACCES)' : 'no such directory'}`;
  }
}
