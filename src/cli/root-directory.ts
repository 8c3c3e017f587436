import { statSync } from 'node:fs';
import { openRoot } from '../system/root.ts';
import { errorCode } from '../system/system-error.ts';
import type { Result } from './result.ts';

/** Opens the root that a command is called with. */
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

/** What is wrong with a directory as a root; null: nothing. */
export function rootMistake(directory: string): string | null {
  // join() would take it for the working directory; most likely a shell variable was not set.
  if (directory === '') return '"": name a directory';
  try {
    return statSync(directory).isDirectory() ? null : `${directory}: not a directory`;
  } catch (error) {
    const code = errorCode(error);
    if (code === null) throw error;
    return `${directory}: ${code === 'EACCES' ? 'permission denied (EACCES)' : 'no such directory'}`;
  }
}
