import { type FSWatcher, watch } from 'chokidar';
import { errorCode } from '../system/system-error.ts';

/** inotify watches on directories of the host, one each, and the places that each of them serves. */
export interface DirectoryWatches {
  /** Watches a directory for a place. `paused`: not before `resume`. */
  add(host: string, place: string, paused: boolean): void;
  /** The directory stays watched if it serves another place too: a symlink can make two places one directory. */
  remove(host: string, place: string): void;
  pause(host: string): void;
  resume(host: string): void;
  close(): Promise<void>;
}

/** A limit of the kernel: fs.inotify.max_user_watches or max_user_instances. */
export type WatchLimit = 'watches' | 'instances';

const LIMITS: Readonly<Record<string, WatchLimit>> = { ENOSPC: 'watches', EMFILE: 'instances' };

/**
 * `onEvent`: something happened to a name in the directory of a place. `onLimit`: a directory of the host could not be
 * watched; null: it is not known which. Other errors are dropped: the next poll sees the place as it is.
 */
export function openDirectoryWatches(
  onEvent: (place: string, name: unknown) => void,
  onLimit: (limit: WatchLimit, host: string | null) => void,
): DirectoryWatches {
  /** Places by directory. chokidar calls `ignored` with every name in every directory that it reads, so this is a map. */
  const served = new Map<string, Set<string>>();
  const watcher = watchDirectoriesOnly((path) => served.has(path));
  watcher.on('raw', (_event, name: unknown, details: unknown) => {
    for (const place of served.get(watchedPath(details)) ?? []) onEvent(place, name);
  });
  watcher.on('error', (error) => {
    const limit = LIMITS[errorCode(error) ?? ''];
    if (limit === undefined) return;
    const path = error instanceof Error && 'path' in error ? error.path : null;
    onLimit(limit, typeof path === 'string' ? path : null);
  });
  return {
    add: (host, place, paused) => {
      served.set(host, (served.get(host) ?? new Set()).add(place));
      if (!paused) watcher.add(host);
    },
    remove: (host, place) => {
      watcher.unwatch(host);
      const others = served.get(host);
      others?.delete(place);
      if (others === undefined || others.size === 0) served.delete(host);
      else watcher.add(host);
    },
    pause: (host) => void watcher.unwatch(host),
    resume: (host) => void watcher.add(host),
    close: () => watcher.close(),
  };
}

/**
 * chokidar holds one inotify watch for each path that it does not ignore. All but the places are ignored, so that is one
 * for each directory. Its `raw` events still report every name in it.
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
