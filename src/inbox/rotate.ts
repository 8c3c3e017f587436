import { lstatSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { InboxPosition } from '../model/event.ts';
import { fileIdentity, INBOX, INBOX_OLD } from './read-inbox.ts';

const LARGE = 256 * 1024;
/** A hook opens, appends and closes within ms; after this nobody writes to the old one any more, ms. */
const GRACE = 60_000;

/**
 * Keeps the inbox small without losing a line: a large one that is read to its end is moved aside, and goes when
 * nothing was added to it for a while. A hook that had it open meanwhile writes to the one moved aside, which is
 * read on. Call it after the positions are committed.
 */
export function rotateInbox(state: string, positions: readonly InboxPosition[], now: number): void {
  const old = look(join(state, INBOX_OLD));
  if (old !== null) {
    if (isRead(old, positions) && now - old.changedAt > GRACE)
      rmSync(join(state, INBOX_OLD), { force: true });
    return;
  }
  const current = look(join(state, INBOX));
  if (current === null || current.size < LARGE || !isRead(current, positions)) return;
  renameSync(join(state, INBOX), join(state, INBOX_OLD));
}

interface Look {
  readonly file: string;
  readonly size: number;
  readonly changedAt: number;
}

function look(path: string): Look | null {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined || !stat.isFile()) return null;
  return { file: fileIdentity(stat), size: stat.size, changedAt: stat.ctimeMs };
}

function isRead({ file, size }: Look, positions: readonly InboxPosition[]): boolean {
  return positions.some((known) => known.file === file && known.position >= size);
}
