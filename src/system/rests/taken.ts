import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import type { Mount } from '../mounts.ts';
import { parseMountinfo } from '../mounts.ts';
import { errorCode } from '../system-error.ts';
import { ABSENT, type Stamp } from './stamp.ts';

/**
 * Virtual file systems: their files have no useful times, and much in them changes all the time without a meaning
 * here. So the stamp holds the part of the content that is used.
 */
export const MADE_UP = /^(proc|sysfs|efivarfs|securityfs|debugfs|tracefs|configfs|cgroup2?)$/;

/** The content that goes into the stamp, by the stamp's first letter. */
const TAKEN: Readonly<Record<string, (path: string) => string>> = {
  /** Constant while the kernel runs. The boot ID is recorded separately. */
  k: () => '',
  /** Boot time, from /proc/stat. */
  b: (path) => /^btime .*$/m.exec(textOf(path))?.[0] ?? '',
  /** Names of the loaded modules and their holders, from /proc/modules; not their use counts. */
  m: (path) => textOf(path).replaceAll(/^(\S+) \S+ \S+ (\S+).*$/gm, '$1 $2'),
  /** The mounts, independent of the mount namespace. */
  f: () => mountsTaken(textOf('/proc/self/mountinfo')),
  /** The identity of a process: its command line and environment do not change. */
  p: (path) => processTaken(textOf(`${path}/stat`)),
  /** The whole file, the names in a directory, or the target of a symlink. */
  '=': wholeOf,
};

/** Longer content is not kept: the record would become a copy of the machine. */
const WHOLE_MAX = 4096;

/** The letter for a path below the root, and the path to read. null: the content changes all the time. */
export function takenBy(inside: string, isDirectory: boolean): { letter: string; of: string } | null {
  if (/^\/proc\/(stat)$/.test(inside)) return { letter: 'b', of: inside };
  if (inside === '/proc/modules') return { letter: 'm', of: inside };
  // The kernel's own symbols come first in it, and only those are used.
  if (inside === '/proc/kallsyms' || inside === '/proc/config.gz') return { letter: 'k', of: inside };
  if (/^\/proc\/(self|thread-self|\d+)\/mountinfo$/.test(inside)) return { letter: 'f', of: inside };
  const process = /^\/proc\/(self|thread-self|\d+)(\/|$)/.exec(inside)?.[1];
  // /proc/self leads to this process, which is then accessed by its PID; and process 1 does not end.
  if (process === 'self' || process === 'thread-self' || process === '1' || Number(process) === SELF)
    return { letter: 'k', of: `/proc/${process}` };
  if (process !== undefined) return { letter: 'p', of: `/proc/${process}` };
  return inside === '/proc' && isDirectory ? null : { letter: '=', of: inside };
}

const SELF = process.pid;

/** The stamp of such a place; null: no stamp can describe it. */
export function stampOfTaken(letter: string, path: string): Stamp | null {
  const take = TAKEN[letter];
  if (take === undefined) return null;
  try {
    return `${letter}${take(path)}`;
  } catch (error) {
    if (error instanceof TooMuch) return null;
    const code = errorCode(error);
    if (code === null) throw error;
    return code === 'ENOENT' || code === 'ENOTDIR' || code === 'ESRCH' ? ABSENT : `!${code}`;
  }
}

class TooMuch extends Error {}

function textOf(path: string): string {
  return readFileSync(path, 'utf8');
}

const OTHERS_READ = 0o004;

/** The content is kept in a file that everybody may read. So a file that not everybody may read is not kept. */
function wholeOf(path: string): string {
  const stats = lstatSync(path);
  if (stats.isSymbolicLink()) return readlinkSync(path);
  if (stats.isDirectory()) return limited(readdirSync(path).sort().join('/'));
  if (!stats.isFile()) return 'other';
  if ((stats.mode & OTHERS_READ) === 0) throw new TooMuch(path);
  return limited(readFileSync(path, 'base64'));
}

function limited(text: string): string {
  if (text.length > WHOLE_MAX) throw new TooMuch(text);
  return text;
}

/** proc_pid_stat(5): the name and the start time, in ticks since the boot. */
function processTaken(stat: string): string {
  const end = stat.lastIndexOf(')');
  return `${stat.slice(stat.indexOf('('), end + 1)} ${stat.slice(end + 2).split(' ')[STARTED]}`;
}

/** starttime is field 22; the first field left over here is field 3. */
const STARTED = 22 - 3;

/** Nothing of a kernel is there, and a service has mounts of its own there. */
const ELSEWHERE = /^\/(proc|sys|dev|run|tmp)(\/|$)/;

/**
 * The mounts, reduced to what determines which file system a path is on. In a service with ProtectSystem=
 * (systemd.exec(5)) directories are mounted over themselves, unlike for its user. Such a mount shows the same files
 * as without it, and is left out.
 */
function mountsTaken(text: string): string {
  const mounts = parseMountinfo(text).filter(({ mountPoint }) => !ELSEWHERE.test(mountPoint));
  const kept: Mount[] = [];
  for (const mount of mounts.toSorted((a, b) => a.mountPoint.length - b.mountPoint.length)) {
    const above = kept.findLast(({ mountPoint }) => isBelow(mount.mountPoint, mountPoint));
    if (above === undefined || !showsTheSame(mount, above)) kept.push(mount);
  }
  return kept
    .map(({ mountPoint, type, source, root }) => JSON.stringify([mountPoint, type, source, root]))
    .sort()
    .join();
}

function showsTheSame(mount: Mount, above: Mount): boolean {
  if (mount.type !== above.type || mount.source !== above.source) return false;
  const rest = mount.mountPoint.slice(above.mountPoint === '/' ? 0 : above.mountPoint.length);
  return mount.root === (above.root === '/' ? rest || '/' : above.root + rest);
}

function isBelow(path: string, directory: string): boolean {
  return directory === '/' || path === directory || path.startsWith(`${directory}/`);
}
