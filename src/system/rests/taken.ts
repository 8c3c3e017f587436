import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import type { Mount } from '../mounts.ts';
import { parseMountinfo } from '../mounts.ts';
import { errorCode } from '../system-error.ts';
import { ABSENT, type Stamp } from './stamp.ts';

/**
 * File systems that the kernel makes up: their files have no useful times, and many change all the time in what nobody
 * here asks for. So it is remembered what was taken of them.
 */
export const MADE_UP = /^(proc|sysfs|efivarfs|securityfs|debugfs|tracefs|configfs|cgroup2?)$/;

/** What is taken of such a place, by the letter that its stamp begins with. */
const TAKEN: Readonly<Record<string, (path: string) => string>> = {
  /** Does not change while the kernel runs. Which boot it is, is recorded apart. */
  k: () => '',
  /** When it was booted, of /proc/stat. */
  b: (path) => /^btime .*$/m.exec(textOf(path))?.[0] ?? '',
  /** Names of the loaded modules, and what holds each, of /proc/modules: not how often each is in use. */
  m: (path) => textOf(path).replaceAll(/^(\S+) \S+ \S+ (\S+).*$/gm, '$1 $2'),
  /** What is mounted where, whichever mount namespace sees it. */
  f: () => mountsTaken(textOf('/proc/self/mountinfo')),
  /** Which process it is: neither its words nor its environment change. */
  p: (path) => processTaken(textOf(`${path}/stat`)),
  /** The file whole, the names in a directory, where a link leads. */
  '=': wholeOf,
};

/** Anything longer is not kept: it would be a copy of the machine. */
const WHOLE_MAX = 4096;

/** Which of these belongs to a path below the root. null: what would be taken changes all the time. */
export function takenBy(inside: string, isDirectory: boolean): { letter: string; of: string } | null {
  if (/^\/proc\/(stat)$/.test(inside)) return { letter: 'b', of: inside };
  if (inside === '/proc/modules') return { letter: 'm', of: inside };
  // The kernel's own symbols come first in it, and only those are used.
  if (inside === '/proc/kallsyms' || inside === '/proc/config.gz') return { letter: 'k', of: inside };
  if (/^\/proc\/(self|thread-self|\d+)\/mountinfo$/.test(inside)) return { letter: 'f', of: inside };
  const process = /^\/proc\/(self|thread-self|\d+)(\/|$)/.exec(inside)?.[1];
  // This one is asked for by its number where /proc/self leads to it, and 1 does not end.
  if (process === 'self' || process === 'thread-self' || process === '1' || Number(process) === SELF)
    return { letter: 'k', of: `/proc/${process}` };
  if (process !== undefined) return { letter: 'p', of: `/proc/${process}` };
  return inside === '/proc' && isDirectory ? null : { letter: '=', of: inside };
}

const SELF = process.pid;

/** The stamp of such a place; null: it cannot be told by one. */
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

/** Kept as it is, for everybody to read: so what is not for everybody is not kept. */
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

/** proc_pid_stat(5): the name, and when it began in ticks since the boot. */
function processTaken(stat: string): string {
  const end = stat.lastIndexOf(')');
  return `${stat.slice(stat.indexOf('('), end + 1)} ${stat.slice(end + 2).split(' ')[STARTED]}`;
}

/** starttime is the 22nd field, and the third is the first of these. */
const STARTED = 22 - 3;

/** Nothing of a kernel lies there, and a service has mounts of its own in them. */
const ELSEWHERE = /^\/(proc|sys|dev|run|tmp)(\/|$)/;

/**
 * The mounts as far as they tell what lies where. A service that may not write has places mounted over themselves
 * (ProtectSystem= of systemd.exec(5)), others than its user: a mount that shows what is there without it says nothing.
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
