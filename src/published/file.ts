import { readFileSync, statSync } from 'node:fs';
import { type DaemonStatus, readPublished } from './read.ts';

const STATUS_MAX = 4 * 1024 * 1024;
/** A daemon that has written nothing for this time is gone, ms. */
const HEARTBEAT_MAX = 180_000;

/** Is the daemon running? A heartbeat in the future was written before somebody set the clock back. */
export function isAlive({ heartbeatMs }: { readonly heartbeatMs: number }, now: number): boolean {
  return Math.abs(now - heartbeatMs) <= HEARTBEAT_MAX;
}

/** The text of status.json; null: it does not exist, this user may not read it, it is not a regular file, or too large. */
export function readStatusText(path: string): string | null {
  try {
    const stat = statSync(path);
    return stat.isFile() && stat.size <= STATUS_MAX ? readFileSync(path, 'utf8') : null;
  } catch {
    // For every error the same: there is no daemon to read from.
    return null;
  }
}

/** The status that the daemon has published in this file; null: it cannot be read. */
export function readPublishedFile(path: string): DaemonStatus | null {
  const text = readStatusText(path);
  return text === null ? null : (readPublished(text)?.status ?? null);
}
