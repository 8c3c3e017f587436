import { type BigIntStats, readFileSync } from 'node:fs';
import type { Chapter, Recorder } from './record.ts';
import { ABSENT, mayChangeUnseen, type Stamp, stampOfPlace, stampOfWay, statOrStamp } from './stamp.ts';
import { MADE_UP, stampOfTaken, takenBy } from './taken.ts';

/** The record of a scan, by chapter. */
export interface Recorded {
  /** The chapters that were read. */
  readonly begun: ReadonlySet<Chapter>;
  readonly places: ReadonlyMap<Chapter, ReadonlyMap<string, Stamp>>;
  /** The chapters whose places do not prove that nothing changed, and why. */
  readonly unproven: ReadonlyMap<Chapter, string>;
  /** May everybody enter all recorded directories? */
  readonly isPublic: boolean;
}

export interface RecorderOptions {
  /** The root on the host. */
  readonly root: string;
  /** When the scan began, ms since the epoch. */
  readonly startedAt: number;
}

/** Records the state of each place at the first access. */
export function createRecorder(options: RecorderOptions): Recorder & { recorded(): Recorded } {
  const { root, startedAt } = options;
  const madeUp = devicesOf(mountinfo());
  const first = new Map<string, Stamp>();
  const places = new Map<Chapter, Map<string, Stamp>>();
  const unproven = new Map<Chapter, string>();
  let chapter: Chapter = 'each';
  const begun = new Set<Chapter>([chapter]);
  let isPublic = true;

  return {
    begin: (next) => {
      chapter = next;
      begun.add(next);
    },
    place: (host) => place(chapter, host),
    way: (host) => {
      if (first.has(`w${host}`)) return;
      const seen = statOrStamp(host);
      if (typeof seen === 'string' || !seen.isDirectory()) {
        place('way', host);
        return;
      }
      mustBePublic(seen);
      if (!madeUp.has(seen.dev)) keep('way', host, `w${host}`, stampOfWay(seen));
    },
    unproven: (why) => doubt(chapter, why),
    recorded: () => ({ begun, places, unproven, isPublic }),
  };

  function place(into: Chapter, host: string): void {
    const known = first.get(host);
    const seen = known === undefined ? statOrStamp(host) : null;
    if (known !== undefined) keep(into, host, host, known);
    else if (seen !== null) placeAsSeen(into, host, seen);
  }

  function placeAsSeen(into: Chapter, host: string, seen: BigIntStats | Stamp): void {
    const isDirectory = typeof seen !== 'string' && seen.isDirectory();
    const isMadeUp = typeof seen === 'string' ? wouldBeMadeUp(host) : madeUp.has(seen.dev);
    if (isDirectory) mustBePublic(seen);
    if (isMadeUp) takenOf(into, host, isDirectory);
    else if (typeof seen === 'string') absentOrRefused(into, host, seen);
    else {
      if (mayChangeUnseen([seen.ctimeNs, seen.mtimeNs], startedAt))
        doubt(into, `${inside(host)} changed as it was read`);
      keep(into, host, host, stampOfPlace(seen));
    }
  }

  /** Is an absent path in /proc or /sys? */
  function wouldBeMadeUp(host: string): boolean {
    const top = /^\/(?:proc|sys)(?=\/)/.exec(inside(host))?.[0];
    const seen = top === undefined ? ABSENT : statOrStamp(root === '/' ? top : root + top);
    return typeof seen !== 'string' && madeUp.has(seen.dev);
  }

  function absentOrRefused(into: Chapter, host: string, stamp: Stamp): void {
    if (stamp !== ABSENT && !/^!(EACCES|EPERM|ELOOP)$/.test(stamp)) doubt(into, `${inside(host)}: ${stamp}`);
    keep(into, host, host, stamp);
  }

  function takenOf(into: Chapter, host: string, isDirectory: boolean): void {
    const how = takenBy(inside(host), isDirectory);
    const path = how === null ? host : root === '/' ? how.of : root + how.of;
    const stamp = how === null ? null : stampOfTaken(how.letter, path);
    if (stamp === null) doubt(into, `${inside(host)} changes all the time`);
    else keep(into, path, path, stamp);
  }

  function keep(into: Chapter, host: string, key: string, stamp: Stamp): void {
    first.set(key, stamp);
    const kept = places.get(into) ?? new Map<string, Stamp>();
    places.set(into, kept);
    if (!kept.has(host)) kept.set(host, stamp);
  }

  function doubt(into: Chapter, why: string): void {
    if (!unproven.has(into)) unproven.set(into, why);
  }

  function mustBePublic({ mode }: BigIntStats): void {
    if ((mode & OTHERS_ENTER) === 0n) isPublic = false;
  }

  function inside(host: string): string {
    return root === '/' ? host : host.slice(root.length) || '/';
  }
}

const OTHERS_ENTER = 0o001n;

/** The mounts of this process. If they cannot be read, no file system counts as virtual. */
function mountinfo(): string {
  try {
    return readFileSync('/proc/self/mountinfo', 'utf8');
  } catch {
    return '';
  }
}

/** Device numbers of the virtual file systems, as stat(2) returns them (makedev(3)). */
function devicesOf(mountinfo: string): ReadonlySet<bigint> {
  const numbers = mountinfo.split('\n').flatMap((line) => {
    const [left = '', right = ''] = line.split(' - ');
    const [major, minor] = (left.split(' ')[2] ?? '').split(':');
    if (!MADE_UP.test(right.split(' ')[0] ?? '') || !/^\d+$/.test(`${major}${minor}`)) return [];
    const [high, low] = [BigInt(major ?? 0), BigInt(minor ?? 0)];
    return [(low & 0xffn) | ((high & 0xfffn) << 8n) | ((low & ~0xffn) << 12n) | ((high & ~0xfffn) << 32n)];
  });
  return new Set(numbers);
}
