import { realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Place } from '../system/place.ts';

/** Where the daemon keeps things. */
export interface Paths {
  /** The ledger and the inbox. */
  readonly state: string;
  /** status.json and motd. */
  readonly runtime: string;
  /** Why they are not to be used; null: they are. */
  readonly refused: string | null;
}

/** placeInside(), or a smaller function for commands that only read and must start fast. */
export type FindPlace = (root: string, path: string) => Place;

/**
 * For root /var/lib/aufswatch and /run/aufswatch; for an ordinary user the XDG directories. A service manager
 * sets its own (STATE_DIRECTORY and RUNTIME_DIRECTORY, systemd.exec(5)). Under another root, root's directories are in
 * that root. An ordinary user may not write there and has a directory of his own for each root. `findPlace`: finds a path
 * inside another root on the host.
 */
export function pathsIn(env: NodeJS.ProcessEnv, uid: number, root: string, findPlace: FindPlace): Paths {
  if (uid === 0) return pathsOfRoot(env, root, findPlace);
  const home = env.HOME || '/';
  const state = env.XDG_STATE_HOME || join(home, '.local/state');
  const runtime = env.XDG_RUNTIME_DIR || join(state, 'run');
  const own = root === '/' ? 'aufswatch' : join('aufswatch', 'roots', nameOf(root));
  return { state: join(state, own), runtime: join(runtime, own), refused: null };
}

function pathsOfRoot(env: NodeJS.ProcessEnv, root: string, findPlace: FindPlace): Paths {
  // On this machine symlinks on the way are trusted: only root can have put them there.
  const placeIn = (path: string) => (root === '/' ? known(path) : findPlace(root, path));
  const state = env.STATE_DIRECTORY ? known(env.STATE_DIRECTORY) : placeIn(STATE);
  const runtime = env.RUNTIME_DIRECTORY ? known(env.RUNTIME_DIRECTORY) : placeIn(RUNTIME);
  if (state.ok && runtime.ok) return { state: state.path, runtime: runtime.path, refused: null };
  const why = [state, runtime].flatMap((place) => (place.ok ? [] : [place.why]));
  return { state: NOWHERE, runtime: NOWHERE, refused: why.join('; ') };
}

const STATE = '/var/lib/aufswatch';
const RUNTIME = '/run/aufswatch';
/** A path at which nothing can exist: for callers that do not check `refused`. */
const NOWHERE = '/dev/null/aufswatch';

function known(path: string): Place {
  return { ok: true, path };
}

/** A name for a root, the same for each spelling of its path. */
function nameOf(root: string): string {
  // Loaded only here: the prompt uses this file too, does not need it and must start fast.
  const { createHash } = process.getBuiltinModule('node:crypto');
  return createHash('sha256').update(realPath(root)).digest('hex').slice(0, 16);
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    // The command itself reports that there is no such directory.
    return resolve(path);
  }
}

export function ledgerPath(paths: Paths): string {
  return join(paths.state, 'ledger.sqlite3');
}

export function statusPath(paths: Paths): string {
  return join(paths.runtime, 'status.json');
}

/** What the verdict in status.json rests on. */
export function restsPath(paths: Paths): string {
  return join(paths.runtime, 'rests');
}

export function motdPath(paths: Paths): string {
  return join(paths.runtime, 'motd');
}

export function backupsPath(paths: Paths): string {
  return join(paths.state, 'backups');
}

/** The path of a host directory as seen from inside the root; a directory outside keeps its path. */
export function insideRoot(root: string, path: string): string {
  return root !== '/' && path.startsWith(`${root}/`) ? path.slice(root.length) : path;
}

/** Exists while one reboot is let through. It is in /run, which a reboot empties. */
export function rebootOkPath(paths: Paths): string {
  return join(paths.runtime, 'reboot-ok');
}
