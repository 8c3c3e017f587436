import { lstatSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Root } from '../system/root.ts';
import { errorCode } from '../system/system-error.ts';
import type { Init } from './shipped.ts';

/** A file as it is, with what must stay when it is written again. */
export interface Present {
  readonly type: 'file' | 'directory' | 'symlink' | 'other';
  /** Empty where it is no file. */
  readonly content: Buffer;
  readonly mode: number;
  readonly owner: { readonly uid: number; readonly gid: number };
}

const FILE_MAX = 1024 * 1024;

/** Where a path of the root is on the host; symlinks of directories resolved inside the root, the last part not. */
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

/** What runs as process 1; for a root that does not run, what is installed in it. null: neither. */
export function initOf(root: Root): Init | null {
  const is = (path: string): boolean => root.stat(path).known;
  if (is('/run/systemd/system')) return 'systemd';
  if (is('/run/openrc')) return 'openrc';
  if (root.isHost) return null;
  if (is('/sbin/openrc-run') || is('/usr/sbin/openrc-run')) return 'openrc';
  return is('/usr/lib/systemd/systemd') || is('/lib/systemd/systemd') ? 'systemd' : null;
}

/** Something that the user must see to; its message is one line. */
export class SetupError extends Error {}
