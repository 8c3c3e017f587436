import { chmodSync, linkSync, mkdirSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import { replaceFile } from '../files/replace-file.ts';
import { openRoot, type Root } from '../system/root.ts';
import { errorCode } from '../system/system-error.ts';
import type { SetupAction } from './action.ts';
import { hostPathOf, SetupError } from './machine.ts';

/**
 * Makes the changes in their order; each file is exchanged whole. Throws SetupError at the first that fails: what
 * was done until then stays, and calling it again goes on from there.
 */
export function applyActions(directory: string, actions: readonly SetupAction[]): void {
  for (const action of actions) {
    try {
      // What one action makes, the next one finds.
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
      // Whatever the umask is.
      chmodSync(host, action.mode);
      return;
    case 'write':
      replaceFile(host, action.content, action.mode, action.owner ?? undefined);
      return;
    case 'put-aside':
      // A second name first: Portage never finds neither.
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

/** What somebody put into it since is theirs. */
function removeEmpty(host: string): void {
  try {
    rmdirSync(host);
  } catch (error) {
    const code = errorCode(error);
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST' && code !== 'ENOENT') throw error;
  }
}
