import { readFileSync, statSync } from 'node:fs';
import { type Heard, readPublished } from './read.ts';

const STATUS_MAX = 4 * 1024 * 1024;
/** A daemon that has said nothing for so long is gone, ms. */
const SILENT = 180_000;

/** Was the daemon there just now? One from the future was there before somebody set the clock back. */
export function isHeard({ heartbeat }: { readonly heartbeat: number }, now: number): boolean {
  return Math.abs(now - heartbeat) <= SILENT;
}

/** The text of status.json; null where it is gone, not for this user, no file, or too large to be one. */
export function readStatusText(path: string): string | null {
  try {
    const stat = statSync(path);
    return stat.isFile() && stat.size <= STATUS_MAX ? readFileSync(path, 'utf8') : null;
  } catch {
    // Whatever the reason is, there is nobody to ask.
    return null;
  }
}

/** What the daemon has published in this file; null: nothing that can be read. */
export function readPublishedFile(path: string): Heard | null {
  const text = readStatusText(path);
  return text === null ? null : (readPublished(text)?.heard ?? null);
}
