import { readFileSync, statSync } from 'node:fs';
import { type DaemonStatus, readPublished } from './read.ts';

const STATUS_MAX = 4 * 1024 * 1024;
/** A daemon that has not written for so long is gone, ms. */
const HEARTBEAT_MAX = 180_000;

/** Was the daemon running just now? A heartbeat in the future was written before somebody set the clock back. */
export function isAlive({ heartbeatMs }: { readonly heartbeatMs: number }, now: number): boolean {
  return Math.abs(now - heartbeatMs) <= HEARTBEAT_MAX;
}

/** The text of status.json; null: it is gone, not readable for this user, no file, or too large. */
export function readStatusText(path: string): string | null {
  try {
    const stat = statSync(path);
    return stat.isFile() && stat.size <= STATUS_MAX ? readFileSync(path, 'utf8') : null;
  } catch {
    // Whatever the reason, there is no daemon to read from.
    return null;
  }
}

/** What the daemon has published in this file; null: nothing that can be read. */
export function readPublishedFile(path: string): DaemonStatus | null {
  const text = readStatusText(path);
  return text === null ? null : (readPublished(text)?.status ?? null);
}
