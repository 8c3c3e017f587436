import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { changedSince, stampNow } from '../system/rests/compare.ts';
import { readRests } from '../system/rests/rests-file.ts';
import { errorCode } from '../system/system-error.ts';
import type { PublishedRests, Stamped } from './form.ts';

/** The machine that a command is about. */
export interface RequestedMachine {
  /** The root on the host. */
  readonly root: string;
  /** The configuration that is in force for the command. */
  readonly settings: string;
  /** The ledger that the command would read. */
  readonly ledger: string;
  /** The file of rests beside status.json. */
  readonly rests: string;
}

/**
 * Why the published verdict no longer holds, as a clause; null: everything that it rests on is unchanged, so it holds. A
 * path that this user may not read counts as changed.
 */
export function whyNoLonger(rests: PublishedRests, requested: RequestedMachine): string | null {
  if (rests.settings.path !== requested.settings)
    return `the daemon has its configuration from ${rests.settings.path}`;
  if (isChanged(rests.settings)) return `${rests.settings.path} has changed`;
  const [first] = rests.ledger;
  if (first?.path !== requested.ledger) return `the daemon has its ledger elsewhere than ${requested.ledger}`;
  // A user who may not read the ledger gets its published part.
  const isReadable = stampNow(first.path) !== '!EACCES';
  if (isReadable && rests.ledger.some(isChanged)) return `${first.path} has changed`;
  const text = readTrusted(requested.rests);
  const kept = text === null ? null : readRests(text);
  if (kept === null) return `${requested.rests} cannot be read`;
  if (kept.scan !== rests.scan || kept.root !== requested.root) return 'the daemon is scanning';
  return changedSince(kept);
}

function isChanged({ path, stamp }: Stamped): boolean {
  return stampNow(path, stamp) !== stamp;
}

const LIMIT = 16 * 1024 * 1024;
const OTHERS_WRITE = 0o022;
const PLAIN = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** The text of a file that only root or this user can have written; null: others can write it, or it is too large. */
export function readTrusted(path: string): string | null {
  let fd: number;
  try {
    fd = openSync(path, PLAIN);
  } catch (error) {
    if (errorCode(error) === null) throw error;
    return null;
  }
  try {
    const stat = fstatSync(fd);
    const isTrusted = (stat.uid === 0 || stat.uid === process.getuid?.()) && (stat.mode & OTHERS_WRITE) === 0;
    return stat.isFile() && isTrusted && stat.size <= LIMIT ? readFileSync(fd, 'utf8') : null;
  } finally {
    closeSync(fd);
  }
}
