import type { BigIntStats } from 'node:fs';
import { entriesIn } from '../entries.ts';
import { errorCode } from '../system-error.ts';
import type { Rests } from './rests-file.ts';
import {
  ABSENT,
  mayChangeUnseen,
  type Stamp,
  stampOfData,
  stampOfPlace,
  stampOfWay,
  statOrStamp,
} from './stamp.ts';
import { stampOfTaken } from './taken.ts';

/**
 * What has changed since the scan recorded these places, as a clause: `/boot/vmlinuz has changed`. null: nothing, so
 * the verdict of that scan still holds.
 */
export function changedSince({ places, unproven }: Pick<Rests, 'places' | 'unproven'>): string | null {
  for (const why of unproven.values()) return why;
  const absent = new Map<string, string[]>();
  const gone = new Set<string>();
  const whole = new Set<string>();
  for (const stamps of places.values()) {
    for (const [path, stamp] of stamps) {
      if (stamp === ABSENT) remember(absent, gone, path);
      else if (stamp.startsWith('s')) whole.add(path);
    }
  }
  for (const stamps of places.values()) {
    for (const [path, stamp] of stamps) {
      // For a place that is recorded whole, the `s` stamp shows anyway that it is the same directory.
      const isKnown = stamp === ABSENT || (stamp.startsWith('w') && whole.has(path));
      if (!isKnown && stampNow(path, stamp) !== stamp) return `${path} has changed`;
    }
  }
  for (const [directory, names] of absent) {
    if (gone.has(directory)) continue;
    const there = firstThere(directory, names);
    if (there !== null) return `${directory}/${there} is there`;
  }
  return null;
}

/** Groups absent paths by their directory. `gone`: all absent paths, of which some are directories of others. */
function remember(absent: Map<string, string[]>, gone: Set<string>, path: string): void {
  gone.add(path);
  const slash = path.lastIndexOf('/');
  const directory = path.slice(0, slash);
  const names = absent.get(directory);
  if (names === undefined) absent.set(directory, [path.slice(slash + 1)]);
  else names.push(path.slice(slash + 1));
}

/** From this number of names on, reading the directory takes less work than a lstat for each. */
const MANY = 4;

function firstThere(directory: string, names: readonly string[]): string | null {
  const listed = names.length < MANY ? null : listNow(directory);
  const isThere = (name: string): boolean =>
    listed === null ? statOrStamp(`${directory}/${name}`) !== ABSENT : listed.has(name);
  return names.find(isThere) ?? null;
}

/** null: the directory cannot be read, or not whole, so each name is checked by itself. */
function listNow(directory: string): ReadonlySet<string> | null {
  try {
    const entries = entriesIn(directory === '' ? '/' : directory);
    return entries === null ? null : new Set(entries.map(({ name }) => name));
  } catch (error) {
    const code = errorCode(error);
    if (code === null) throw error;
    return code === 'ENOENT' || code === 'ENOTDIR' ? new Set() : null;
  }
}

/**
 * The current stamp of a place, of the same kind as `before`; `s`, or that of an absent or unreadable place, without
 * one.
 */
export function stampNow(path: string, before: Stamp = 's'): Stamp {
  const [letter = ''] = before;
  const make = STAMPS[letter];
  if (make === undefined && letter !== ABSENT && letter !== '!') return stampOfTaken(letter, path) ?? '';
  const seen = statOrStamp(path);
  return typeof seen === 'string' ? seen : (make ?? stampOfPlace)(seen);
}

const STAMPS: Readonly<Record<string, (seen: BigIntStats) => Stamp>> = {
  s: stampOfPlace,
  w: stampOfWay,
  d: stampOfData,
};

/**
 * The stamp for a caller that reads a file now and keeps the stamp. null: the file can still change without a change
 * of the stamp.
 */
export function stampToKeep(path: string, now: number, letter: 's' | 'd' = 's'): Stamp | null {
  const seen = statOrStamp(path);
  if (typeof seen === 'string') return seen;
  const isYoung = mayChangeUnseen([letter === 'd' ? seen.mtimeNs : seen.ctimeNs], now);
  return isYoung || seen.isSymbolicLink() ? null : (STAMPS[letter] ?? stampOfPlace)(seen);
}
