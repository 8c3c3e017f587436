import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { changedSince, stampNow } from '../system/rests/compare.ts';
import { readRests } from '../system/rests/rests-file.ts';
import { errorCode } from '../system/system-error.ts';
import type { PublishedRests, Stamped } from './form.ts';

/** What a command that does not read the machine itself asks for. */
export interface AskedMachine {
  /** The root on the host. */
  readonly root: string;
  /** The configuration that is in force for the command. */
  readonly settings: string;
  /** The ledger that it would ask. */
  readonly ledger: string;
  /** The file of rests beside status.json. */
  readonly rests: string;
}

/**
 * Does what was published still hold: is everything as it was that it rests on? null: it does; else why not, as a clause.
 * Who may not look at one of the places, does not know.
 */
export function whyNoLonger(rests: PublishedRests, asked: AskedMachine): string | null {
  if (rests.settings.path !== asked.settings)
    return `the daemon has its configuration from ${rests.settings.path}`;
  if (isOther(rests.settings)) return `${rests.settings.path} has changed`;
  const [first] = rests.ledger;
  if (first?.path !== asked.ledger) return `the daemon has its ledger elsewhere than ${asked.ledger}`;
  // Who may not read the ledger is told what the daemon has published of it.
  const isReadable = stampNow(first.path) !== '!EACCES';
  if (isReadable && rests.ledger.some(isOther)) return `${first.path} has changed`;
  const text = readTrusted(asked.rests);
  const kept = text === null ? null : readRests(text);
  if (kept === null) return `${asked.rests} cannot be read`;
  if (kept.look !== rests.look || kept.root !== asked.root) return 'the daemon is looking again';
  return changedSince(kept);
}

function isOther({ path, stamp }: Stamped): boolean {
  return stampNow(path, stamp) !== stamp;
}

const LIMIT = 16 * 1024 * 1024;
const OTHERS_WRITE = 0o022;
const PLAIN = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** The text of a file that only root, or this user, can have written; null: it is none, or too large. */
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
