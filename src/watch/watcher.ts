import { setImmediate } from 'node:timers/promises';
import { type FSWatcher, watch } from 'chokidar';
import type { Part } from '../model/part.ts';
import type { Root } from '../system/root.ts';
import { errorCode } from '../system/system-error.ts';
import type { WatchPlace } from './watch-list.ts';

/** Follows directories, and says which parts of the Snapshot may be old. It never says what changed. */
export interface Watcher {
  /**
   * Watches these places from now on. Places that came back, or that are other directories now, are armed
   * again, and those that failed are tried again. Watches stand a few ms later: poll soon after, which also
   * hints at each place that is new, for what happened to it after it was read and before it was watched. On a slow
   * disk it takes a while, in which others get their turn.
   */
  follow(places: readonly WatchPlace[]): Promise<void>;
  /**
   * Watches again what it let go of, and hints at it with the next poll. A place at which so much happens that it says
   * nothing new (a build, an emerge of hundreds of packages) is not watched until it is woken: for each event chokidar
   * would read the whole directory.
   */
  wake(): void;
  /** Has something moved in a place that it let go of, after this time (ms since the epoch) and since it was last asked? */
  moves(after: number): boolean;
  /** Looks at the time and identity of every place: for those without a watch, and for what watches miss. As slowly. */
  poll(): Promise<void>;
  /** Places that could not be watched because a limit was reached; null: all are. */
  degraded(): Degraded | null;
  close(): Promise<void>;
}

export interface Hint {
  /** What may be old. */
  readonly parts: readonly Part[];
  /** Where something happened. */
  readonly place: string;
  /** `event`: a watch told; `poll`: its time is another; `new`: it is watched only since it was read. */
  readonly why: 'event' | 'poll' | 'new';
}

export interface Degraded {
  readonly places: number;
  readonly limit: 'watches' | 'instances';
}

/** One place: what is watched there on the host, and what it looked like last. */
interface Armed {
  readonly place: WatchPlace;
  host: string | null;
  /** Device, inode and mtime; '' where there is nothing. */
  look: string;
  failed: Degraded['limit'] | null;
  /** Watched only since what is known of it was read: it may have changed in between. */
  fresh: boolean;
  /** It was tried again since it failed; no error until the next poll means that it is watched now. */
  retried: boolean;
  /** Events since it was woken last. */
  events: number;
  /** There were so many that it was let go of. */
  resting: boolean;
  /** Its time when it was last asked whether it moves, ms; null: it was not asked yet, or has gone. */
  moved: number | null;
}

const NEW = {
  host: null,
  look: '',
  failed: null,
  fresh: true,
  retried: false,
  events: 0,
  resting: false,
  moved: null,
} as const;

/** How long it asks the disk before others get their turn, ms. */
const TURN = 20;

/** What one merge or one edit makes in a directory is less. */
const MANY = 16;

const LIMITS: Readonly<Record<string, Degraded['limit']>> = { ENOSPC: 'watches', EMFILE: 'instances' };

export function openWatcher(openRoot: () => Root, onHint: (hint: Hint) => void): Watcher {
  const armed = new Map<string, Armed>();
  /** Paths of the places by what is watched there. chokidar asks it for every name in every directory that it reads. */
  const byHost = new Map<string, Set<string>>();
  let isClosed = false;
  const watcher = watchDirectoriesOnly((path) => byHost.has(path));
  watcher.on('raw', (_event, name: unknown, details: unknown) => hint(watchedPath(details), name));
  watcher.on('error', (error) => fail(error));

  return {
    follow: async (places) => {
      const root = openRoot();
      const wanted = new Set(places.map(({ path }) => path));
      for (const [path, entry] of armed) {
        if (wanted.has(path)) continue;
        armed.delete(path);
        leave(entry);
      }
      for await (const place of inTurns(places)) {
        const known = armed.get(place.path);
        if (known === undefined) arm(root, { ...NEW, place });
        else arm(root, { ...known, place, retried: known.failed !== null });
      }
    },
    wake: () => {
      for (const entry of armed.values()) {
        entry.events = 0;
        if (!entry.resting) continue;
        entry.resting = false;
        entry.fresh = true;
        if (entry.host !== null) watcher.add(entry.host);
      }
    },
    moves: (after) => {
      const root = openRoot();
      const resting = [...armed.values()].filter((entry) => entry.resting);
      return resting.filter((entry) => hasMoved(root, entry, after)).length > 0;
    },
    poll: async () => {
      const root = openRoot();
      for await (const entry of inTurns([...armed.values()])) {
        // Another took its place, or it is followed no more.
        if (armed.get(entry.place.path) !== entry) continue;
        if (entry.retried) {
          entry.failed = null;
          entry.retried = false;
        }
        const look = stampOf(root, entry.place.path);
        const { fresh } = entry;
        entry.fresh = false;
        if (look === entry.look && !fresh) continue;
        // The time of a directory tells of all names in it, also of those that do not count.
        const counts = entry.place.names === undefined || identity(look) !== identity(entry.look);
        const { parts, path } = entry.place;
        if (fresh || counts) onHint({ parts, place: path, why: fresh ? 'new' : 'poll' });
        if (look !== entry.look) arm(root, entry);
      }
    },
    degraded: () => {
      const failed = [...armed.values()].filter((entry) => entry.failed !== null);
      const limit = failed[0]?.failed ?? null;
      return limit === null ? null : { places: failed.length, limit };
    },
    close: () => {
      isClosed = true;
      return watcher.close();
    },
  };

  /** One after the other; whoever waits, as for a signal, gets a turn now and then. None is left once it is closed. */
  async function* inTurns<T>(items: readonly T[]): AsyncGenerator<T> {
    let since = performance.now();
    for (const item of items) {
      if (performance.now() - since > TURN) {
        await setImmediate();
        since = performance.now();
      }
      if (isClosed) return;
      yield item;
    }
  }

  function arm(root: Root, entry: Armed): void {
    const path = root.hostPath(entry.place.path);
    const host = path.known ? path.value : null;
    const look = stampOf(root, entry.place.path);
    // inotify follows the directory, not its name: one that was made again must be watched again.
    const moved = host !== entry.host || identity(look) !== identity(entry.look) || entry.retried;
    // One that fails again and again must not be read again and again.
    const fresh = entry.fresh || (moved && !entry.retried);
    const next: Armed = { ...entry, host: look === '' ? null : host, look, fresh: fresh && look !== '' };
    armed.set(entry.place.path, next);
    if (!moved) return;
    leave(entry);
    enter(next);
  }

  function enter({ host, place, resting }: Armed): void {
    if (host === null) return;
    byHost.set(host, (byHost.get(host) ?? new Set()).add(place.path));
    if (!resting) watcher.add(host);
  }

  /** Two places may be one directory, by a symlink on the way to it: the other one is still to be watched. */
  function leave({ host, place }: Armed): void {
    if (host === null) return;
    watcher.unwatch(host);
    const others = byHost.get(host);
    others?.delete(place.path);
    if (others === undefined || others.size === 0) byHost.delete(host);
    else watcher.add(host);
  }

  function hint(host: string, name: unknown): void {
    for (const path of byHost.get(host) ?? []) {
      const entry = armed.get(path);
      if (entry === undefined) continue;
      const { names, parts } = entry.place;
      if (names !== undefined && !names.some((known) => known === name)) continue;
      onHint({ parts, place: path, why: 'event' });
      // What is asked of a directory by name is appended to files, and the time of the directory would not tell.
      if (names === undefined && ++entry.events > MANY && !entry.resting) letGo(entry, host);
    }
  }

  function hasMoved(root: Root, entry: Armed, after: number): boolean {
    const stat = root.stat(entry.place.path);
    const before = entry.moved;
    entry.moved = stat.known ? stat.value.mtime : null;
    return entry.moved !== before && (entry.moved ?? after) >= after;
  }

  /** Only where its time tells what its events no longer will: that of what is written into files does not. */
  function letGo(entry: Armed, host: string): void {
    entry.events = 0;
    if (stampOf(openRoot(), entry.place.path) === entry.look) return;
    entry.resting = true;
    entry.moved = null;
    watcher.unwatch(host);
  }

  function fail(error: unknown): void {
    const limit = LIMITS[errorCode(error) ?? ''];
    // Whatever else goes wrong with a watch, the next poll sees the place as it is.
    if (limit === undefined) return;
    const path = error instanceof Error && 'path' in error ? error.path : null;
    const entries = [...armed.values()].filter((entry) => entry.host !== null);
    for (const entry of entries) {
      if (path !== null && entry.host !== path) continue;
      entry.failed = limit;
      entry.retried = false;
    }
  }
}

/**
 * chokidar holds one inotify watch for each path that it does not ignore. With all but the places themselves
 * ignored that is one a directory; its `raw` events still tell of everything in it.
 */
function watchDirectoriesOnly(isPlace: (path: string) => boolean): FSWatcher {
  return watch([], {
    depth: 0,
    followSymlinks: false,
    ignoreInitial: true,
    ignorePermissionErrors: true,
    ignored: (path) => !isPlace(path),
  });
}

function watchedPath(details: unknown): string {
  const path =
    typeof details === 'object' && details !== null && 'watchedPath' in details ? details.watchedPath : '';
  return typeof path === 'string' ? path : '';
}

function stampOf(root: Root, path: string): string {
  const stat = root.stat(path);
  return stat.known ? `${stat.value.id} ${stat.value.mtime}` : '';
}

function identity(look: string): string {
  return look.split(' ')[0] ?? '';
}
