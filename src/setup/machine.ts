import { lstatSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Root } from '../system/root.ts';
import { errorCode } from '../system/system-error.ts';
import type { Init } from './shipped.ts';

/** A file, with the attributes that a rewrite must keep. */
export interface Present {
  readonly type: 'file' | 'directory' | 'symlink' | 'other';
  /** Empty where it is not a file. */
  readonly content: Buffer;
  readonly mode: number;
  readonly owner: { readonly uid: number; readonly gid: number };
}

const FILE_MAX = 1024 * 1024;

/** The host's path of a path in the root. Directory symlinks are resolved inside the root; the last part is not. */
export function hostPathOf(root: Root, path: string): string {
  const directory = root.hostPath(dirname(path));
  if (!directory.known) throw new SetupError(directory.detail);
  return join(directory.value, basename(path));
}

/** What is at the path; null: nothing. Throws SetupError where it cannot be read. */
export function presentAt(root: Root, path: string): Present | null {
  const host = hostPathOf(root, path);
  try {
    const stat = lstatSync(host);
    const type = stat.isFile()
      ? 'file'
      : stat.isDirectory()
        ? 'directory'
        : stat.isSymbolicLink()
          ? 'symlink'
          : 'other';
    if (type === 'file' && stat.size > FILE_MAX) throw new SetupError(`${path} is larger than 1 MiB`);
    const content = type === 'file' ? readFileSync(host) : Buffer.alloc(0);
    return { type, content, mode: stat.mode & 0o7777, owner: { uid: stat.uid, gid: stat.gid } };
  } catch (error) {
    const code = errorCode(error);
    if (code === null) throw error;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw new SetupError(`${path} cannot be read (${code})`);
  }
}

/** The init system: the running one; for another root the installed one. null: neither. */
export function initOf(root: Root): Init | null {
  const is = (path: string): boolean => root.stat(path).known;
  if (is('/run/systemd/system')) return 'systemd';
  if (is('/run/openrc')) return 'openrc';
  if (root.isHost) return null;
  if (is('/sbin/openrc-run') || is('/usr/sbin/openrc-run')) return 'openrc';
  return is('/usr/lib/systemd/systemd') || is('/lib/systemd/systemd') ? 'systemd' : null;
}

/** An error that the user can mend. Its message is one line. */
export class SetupError extends Error {}
