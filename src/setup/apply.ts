import { chmodSync, linkSync, mkdirSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import { replaceFile } from '../files/replace-file.ts';
import { openRoot, type Root } from '../system/root.ts';
import { errorCode } from '../system/system-error.ts';
import type { SetupAction } from './action.ts';
import { hostPathOf, SetupError } from './machine.ts';

/**
 * Makes the changes in order. Each file is replaced atomically. Throws SetupError at the first failure: earlier changes
 * stay, and another call continues from there.
 */
export function applyActions(directory: string, actions: readonly SetupAction[]): void {
  for (const action of actions) {
    try {
      // Opened for each action: a root caches what it has read.
      applyOne(openRoot(directory), action);
    } catch (error) {
      const code = errorCode(error);
      if (code === null) throw error;
      const hint = code === 'EACCES' || code === 'EPERM' ? '; run it as root' : '';
      throw new SetupError(`${action.path} cannot be changed (${code})${hint}`);
    }
  }
}

function applyOne(root: Root, action: SetupAction): void {
  const host = hostPathOf(root, action.path);
  switch (action.does) {
    case 'make-directory':
      mkdirSync(host, { mode: action.mode });
      // mkdir() applies the umask.
      chmodSync(host, action.mode);
      return;
    case 'write':
      replaceFile(host, action.content, action.mode, action.owner ?? undefined);
      return;
    case 'put-aside':
      // A hard link: at every moment Portage finds one of the two.
      linkSync(host, hostPathOf(root, action.to));
      return;
    case 'put-back':
      renameSync(hostPathOf(root, action.from), host);
      return;
    case 'remove':
      rmSync(host, { force: true });
      return;
    case 'remove-directory':
      removeEmpty(host);
      return;
    case 'leave':
      return;
  }
}

/** Leaves a directory that somebody has put files into. */
function removeEmpty(host: string): void {
  try {
    rmdirSync(host);
  } catch (error) {
    const code = errorCode(error);
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST' && code !== 'ENOENT') throw error;
  }
}
