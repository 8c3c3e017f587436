import { realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Where the daemon keeps things. */
export interface Paths {
  /** The ledger and the inbox. */
  readonly state: string;
  /** status.json and motd. */
  readonly runtime: string;
}

/**
 * For root /var/lib/aufswatch and /run/aufswatch; for an ordinary user the XDG directories. A service manager
 * names its own (STATE_DIRECTORY and RUNTIME_DIRECTORY, systemd.exec(5)), and under another root they lie there. An
 * ordinary user, who may not write under another root, has a directory for each of them.
 */
export function pathsFor(env: NodeJS.ProcessEnv, uid: number, root: string): Paths {
  if (uid === 0) {
    return {
      state: env.STATE_DIRECTORY || join(root, 'var/lib/aufswatch'),
      runtime: env.RUNTIME_DIRECTORY || join(root, 'run/aufswatch'),
    };
  }
  const home = env.HOME || '/';
  const state = env.XDG_STATE_HOME || join(home, '.local/state');
  const runtime = env.XDG_RUNTIME_DIR || join(state, 'run');
  const own = root === '/' ? 'aufswatch' : join('aufswatch', 'roots', nameOf(root));
  return { state: join(state, own), runtime: join(runtime, own) };
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
