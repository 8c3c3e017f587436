import { readFileSync, statSync } from 'node:fs';
import { errorCode } from '../system/root.ts';
import { type Heard, readPublished } from './read-published.ts';

const STATUS_MAX = 4 * 1024 * 1024;

/** What the daemon has published in this file; null: nothing that can be read. */
export function readPublishedFile(path: string): Heard | null {
  try {
    const stat = statSync(path);
    return stat.isFile() && stat.size <= STATUS_MAX ? readPublished(readFileSync(path, 'utf8')) : null;
  } catch (error) {
    if (errorCode(error) === null) throw error;
    return null;
  }
}
