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

/** placeInside(), or what is enough for whoever reads there and loads no more than needed. */
export type FindPlace = (root: string, path: string) => Place;

/**
 * For root /var/lib/aufswatch and /run/aufswatch; for an ordinary user the XDG directories. A service manager
 * names its own (STATE_DIRECTORY and RUNTIME_DIRECTORY, systemd.exec(5)), and under another root they lie there. An
 * ordinary user, who may not write under another root, has a directory for each of them. `findPlace`: where a path inside
 * another root is on the host.
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
  // On this machine, what root has put in the way is root's will.
  const placeIn = (path: string) => (root === '/' ? known(path) : findPlace(root, path));
  const state = env.STATE_DIRECTORY ? known(env.STATE_DIRECTORY) : placeIn(STATE);
  const runtime = env.RUNTIME_DIRECTORY ? known(env.RUNTIME_DIRECTORY) : placeIn(RUNTIME);
  if (state.ok && runtime.ok) return { state: state.path, runtime: runtime.path, refused: null };
  const why = [state, runtime].flatMap((place) => (place.ok ? [] : [place.why]));
  return { state: NOWHERE, runtime: NOWHERE, refused: why.join('; ') };
}

const STATE = '/var/lib/aufswatch';
const RUNTIME = '/run/aufswatch';
/** Nothing is there, and nothing can be made there: for whoever does not ask whether the places are refused. */
const NOWHERE = '/dev/null/aufswatch';

function known(path: string): Place {
  return { ok: true, path };
}

/** The same for every way of writing the path. */
function nameOf(root: string): string {
  // Loaded here alone: a prompt, which has no use for it, comes by this file.
  const { createHash } = process.getBuiltinModule('node:crypto');
  return createHash('sha256').update(realPath(root)).digest('hex').slice(0, 16);
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    // The command says itself that there is no such directory.
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

/** The path of a host directory as seen from inside the root; itself where it lies outside. */
export function insideRoot(root: string, path: string): string {
  return root !== '/' && path.startsWith(`${root}/`) ? path.slice(root.length) : path;
}

/** Is there while one reboot is let through: it lies in /run, which a reboot empties. */
export function rebootOkPath(paths: Paths): string {
  return join(paths.runtime, 'reboot-ok');
}
