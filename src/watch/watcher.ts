import type { Part } from '../model/part.ts';
import type { Root } from '../system/root.ts';
import { openDirectoryWatches, type WatchLimit } from './directory-watches.ts';
import { inTurns } from './in-turns.ts';
import type { WatchPlace } from './watch-list.ts';

/** Follows directories, and reports which parts of the Snapshot may be old. It does not report what changed. */
export interface Watcher {
  /**
   * Watches these places from now on, and no others. A place that is another directory now is watched again, and a watch
   * that failed is tried again. The watches are in effect a few ms later, so poll soon after: that gives a hint for each
   * new place too, since it can have changed after it was read and before it was watched. On a slow disk this takes a
   * while, and the event loop runs meanwhile.
   */
  follow(places: readonly WatchPlace[]): Promise<void>;
  /**
   * Watches paused places again; the next poll gives a hint for each of them. A place with so many events that further
   * ones say nothing new (a build, an emerge of hundreds of packages) is paused until then: chokidar would read the whole
   * directory for each event.
   */
  wake(): void;
  /** Returns a paused place that changed after this time (ms since the epoch) and since the last call; null: none did. */
  moves(after: number): string | null;
  /** Compares every place with its last stamp: for places without a watch, and for events that were lost. In turns too. */
  poll(): Promise<void>;
  /** Places that could not be watched because of a limit; null: all are watched. */
  degraded(): Degraded | null;
  close(): Promise<void>;
}

export interface Hint {
  /** What may be old. */
  readonly parts: readonly Part[];
  /** The place that changed. */
  readonly place: string;
  /** `event`: from a watch; `poll`: its stamp differs; `new`: it is watched only since after it was read. */
  readonly why: 'event' | 'poll' | 'new';
}

export interface Degraded {
  readonly places: number;
  readonly limit: WatchLimit;
}

/** A place with its watch. */
interface Armed {
  readonly place: WatchPlace;
  /** The directory on the host that is watched; null: there is none. */
  host: string | null;
  /** Device, inode and mtime at the last check; '' where there is nothing. */
  stamp: string;
  failed: WatchLimit | null;
  /** Watched only since after it was read: it can have changed in between. */
  fresh: boolean;
  /** The watch failed and was tried again. If there is no error until the next poll, it is watched now. */
  retried: boolean;
  /** Events since the last wake(). */
  events: number;
  /** Not watched until the next wake(): there were too many events. */
  paused: boolean;
  /** mtime at the last call of moves(), ms; null: there was no call yet, or the place is gone. */
  moved: number | null;
}

const NEW = {
  host: null,
  stamp: '',
  failed: null,
  fresh: true,
  retried: false,
  events: 0,
  paused: false,
  moved: null,
} as const;

/** More events than one merge or one edit makes in a directory. */
const MANY = 16;

export function openWatcher(openRoot: () => Root, onHint: (hint: Hint) => void): Watcher {
  const armed = new Map<string, Armed>();
  let isClosed = false;
  const watches = openDirectoryWatches(handleEvent, handleLimit);

  return {
    follow: async (places) => {
      const root = openRoot();
      const wanted = new Set(places.map(({ path }) => path));
      for (const [path, entry] of armed) {
        if (wanted.has(path)) continue;
        armed.delete(path);
        disarm(entry);
      }
      for await (const place of inTurns(places, () => isClosed)) {
        const known = armed.get(place.path);
        if (known === undefined) arm(root, { ...NEW, place });
        else arm(root, { ...known, place, retried: known.failed !== null });
      }
    },
    wake: () => {
      for (const entry of armed.values()) {
        entry.events = 0;
        if (!entry.paused) continue;
        entry.paused = false;
        entry.fresh = true;
        if (entry.host !== null) watches.resume(entry.host);
      }
    },
    moves: (after) => {
      const root = openRoot();
      const paused = [...armed.values()].filter((entry) => entry.paused);
      // All of them: each call moves on the time that the next one compares with.
      return paused.filter((entry) => hasMoved(root, entry, after))[0]?.place.path ?? null;
    },
    poll: async () => {
      const root = openRoot();
      for await (const entry of inTurns([...armed.values()], () => isClosed)) {
        // Skips an entry that follow() replaced or removed meanwhile.
        if (armed.get(entry.place.path) === entry) check(root, entry);
      }
    },
    degraded: () => {
      const failed = [...armed.values()].filter((entry) => entry.failed !== null);
      const limit = failed[0]?.failed ?? null;
      return limit === null ? null : { places: failed.length, limit };
    },
    close: () => {
      isClosed = true;
      return watches.close();
    },
  };

  function arm(root: Root, entry: Armed): void {
    const path = root.hostPath(entry.place.path);
    const host = path.known ? path.value : null;
    const stamp = stampOf(root, entry.place.path);
    // inotify follows the directory, not its name: a directory that was made again needs a new watch.
    const moved = host !== entry.host || identityOf(stamp) !== identityOf(entry.stamp) || entry.retried;
    // A watch that fails each time must not give a hint each time.
    const fresh = entry.fresh || (moved && !entry.retried);
    const next: Armed = { ...entry, host: stamp === '' ? null : host, stamp, fresh: fresh && stamp !== '' };
    armed.set(entry.place.path, next);
    if (!moved) return;
    disarm(entry);
    if (next.host !== null) watches.add(next.host, next.place.path, next.paused);
  }

  function disarm({ host, place }: Armed): void {
    if (host !== null) watches.remove(host, place.path);
  }

  function check(root: Root, entry: Armed): void {
    if (entry.retried) {
      entry.failed = null;
      entry.retried = false;
    }
    const stamp = stampOf(root, entry.place.path);
    const { fresh } = entry;
    entry.fresh = false;
    if (stamp === entry.stamp && !fresh) return;
    // The mtime of a directory covers all names in it, also those that do not count.
    const counts = entry.place.names === undefined || identityOf(stamp) !== identityOf(entry.stamp);
    const { parts, path } = entry.place;
    if (fresh || counts) onHint({ parts, place: path, why: fresh ? 'new' : 'poll' });
    if (stamp !== entry.stamp) arm(root, entry);
  }

  function handleEvent(path: string, name: unknown): void {
    const entry = armed.get(path);
    if (entry === undefined) return;
    const { names, parts } = entry.place;
    if (names !== undefined && !names.some((known) => known === name)) return;
    onHint({ parts, place: path, why: 'event' });
    // Not where names count: these files are appended to, which does not change the mtime of the directory.
    if (names === undefined && ++entry.events > MANY && !entry.paused) pause(entry);
  }

  /** Only where the mtime shows what events would: writes into files of the directory do not change it. */
  function pause(entry: Armed): void {
    entry.events = 0;
    if (entry.host === null || stampOf(openRoot(), entry.place.path) === entry.stamp) return;
    entry.paused = true;
    entry.moved = null;
    watches.pause(entry.host);
  }

  function handleLimit(limit: WatchLimit, host: string | null): void {
    for (const entry of armed.values()) {
      if (entry.host === null || (host !== null && entry.host !== host)) continue;
      entry.failed = limit;
      entry.retried = false;
    }
  }
}

function hasMoved(root: Root, entry: Armed, after: number): boolean {
  const stat = root.stat(entry.place.path);
  const previous = entry.moved;
  entry.moved = stat.known ? stat.value.mtime : null;
  return entry.moved !== previous && (entry.moved ?? after) >= after;
}

function stampOf(root: Root, path: string): string {
  const stat = root.stat(path);
  return stat.known ? `${stat.value.id} ${stat.value.mtime}` : '';
}

/** The part of a stamp that tells the directory from others: device and inode. */
function identityOf(stamp: string): string {
  return stamp.split(' ')[0] ?? '';
}
