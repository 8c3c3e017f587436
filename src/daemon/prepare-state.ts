import { makeDirectory } from '../files/make-directory.ts';
import { errorCode } from '../system/system-error.ts';
import type { Paths } from './paths.ts';

/** Makes the directories. Returns what is wrong; null: nothing is. */
export function prepareState(paths: Paths): string | null {
  if (paths.refused !== null) return paths.refused;
  for (const [directory, mode] of [
    [paths.state, 0o750],
    [paths.runtime, 0o755],
  ] as const) {
    try {
      makeDirectory(directory, mode);
    } catch (error) {
      const code = errorCode(error);
      if (code === null) throw error;
      return `${directory} cannot be made (${code}): ${whatToDo(code)}`;
    }
  }
  return null;
}

function whatToDo(code: string): string {
  switch (code) {
    case 'EEXIST':
    case 'ENOTDIR':
      return 'something else has its name, or is on the way to it; move that away';
    case 'EROFS':
      return 'the file system is read-only; mount it for writing';
    case 'ENOSPC':
    case 'EDQUOT':
      return 'the disk is full; make room';
    case 'EACCES':
    case 'EPERM':
      return process.getuid?.() === 0
        ? 'root may not either; look at its attributes'
        : 'run as root, or set XDG_STATE_HOME';
    default:
      return 'look at that directory';
  }
}
