import { lstatSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { InboxPosition } from '../model/event.ts';
import { fileIdentity, INBOX, INBOX_OLD } from './read-inbox.ts';

const LARGE = 256 * 1024;
/** After this time no hook writes to the old file: they open, append and close within a few ms. In ms. */
const GRACE = 60_000;

/**
 * Keeps the inbox small without losing a line. A large inbox that was read to its end is moved aside, and removed when
 * nothing was added to it for a while. A hook that had it open still writes to the moved file, which is read as well.
 * Call it after the positions are committed.
 */
export function rotateInbox(state: string, positions: readonly InboxPosition[], now: number): void {
  const old = fileAt(join(state, INBOX_OLD));
  if (old !== null) {
    if (isRead(old, positions) && now - old.changedAt > GRACE)
      rmSync(join(state, INBOX_OLD), { force: true });
    return;
  }
  const current = fileAt(join(state, INBOX));
  if (current === null || current.size < LARGE || !isRead(current, positions)) return;
  renameSync(join(state, INBOX), join(state, INBOX_OLD));
}

interface InboxFile {
  readonly file: string;
  readonly size: number;
  readonly changedAt: number;
}

function fileAt(path: string): InboxFile | null {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined || !stat.isFile()) return null;
  return { file: fileIdentity(stat), size: stat.size, changedAt: stat.ctimeMs };
}

function isRead({ file, size }: InboxFile, positions: readonly InboxPosition[]): boolean {
  return positions.some((known) => known.file === file && known.position >= size);
}
