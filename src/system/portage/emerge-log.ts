import { type Fact, known } from '../../model/fact.ts';
import { withPlainContent } from '../decompress.ts';
import { MIB, type OpenFile } from '../open-file.ts';
import type { Root } from '../root.ts';
import { stretchesOfLines } from '../stretches.ts';

/** A merge or removal in emerge.log. */
export interface EmergeLogEvent {
  readonly at: number;
  readonly what: 'merged' | 'removed';
  /** CATEGORY/PF */
  readonly cpv: string;
}

const LOGS = '/var/log';
/** Some 600,000 merges and removals. */
const LIMIT = 64 * MIB;

/**
 * Reads the merges to this root from /var/log/emerge.log and its rotated parts, compressed or not, oldest first. Of a
 * part of more than 64 MiB only the newest is read. `unread` is called with each part that is not read whole, and
 * why.
 */
export function readEmergeLog(
  root: Root,
  unread: (path: string, detail: string) => void = () => {},
): EmergeLogEvent[] {
  const names = root.list(LOGS);
  const parts = names.known ? names.value.filter((name) => /^emerge\.log([.-][\w.-]+)?$/.test(name)) : [];
  return parts
    .flatMap((name) => {
      const path = `${LOGS}/${name}`;
      const read = readPart(root, path);
      if (!read.known) unread(path, `is not taken over: ${read.detail}`);
      else if (!read.value.whole)
        unread(path, `has more than ${LIMIT / MIB} MiB: only the newest are taken over`);
      return read.known ? read.value.events : [];
    })
    .sort((a, b) => a.at - b.at);
}

interface Part {
  readonly events: readonly EmergeLogEvent[];
  readonly whole: boolean;
}

function readPart(root: Root, path: string): Fact<Part> {
  return root.withFile(path, (file) =>
    withPlainContent(file, path, LIMIT, (plain) => {
      const left = Math.max(0, plain.stat.size - LIMIT);
      return known({ events: eventsIn(from(plain, left), left > 0), whole: left === 0 });
    }),
  );
}

/** `cut`: the first line may be incomplete. */
function eventsIn(file: OpenFile, cut: boolean): EmergeLogEvent[] {
  const events: EmergeLogEvent[] = [];
  let skip = cut;
  for (const stretch of stretchesOfLines(file)) {
    const start = skip ? stretch.indexOf(NEWLINE) + 1 : 0;
    skip = false;
    // A copy: a substring would keep the whole text in memory.
    for (const event of parseEmergeLog(stretch.toString('utf8', start)))
      events.push({ ...event, cpv: Buffer.from(event.cpv).toString() });
  }
  return events;
}

function from(file: OpenFile, start: number): OpenFile {
  if (start === 0) return file;
  const stat = { ...file.stat, size: file.stat.size - start };
  return { stat, read: (offset, length, room) => file.read(start + offset, length, room) };
}

const NEWLINE = 10;

// Neither part of the name may contain a slash: else a line of slashes would be matched at each of them.
const MERGED = /^(\d{9,11}): {2}::: completed emerge \(\d+ of \d+\) ([^\s/]+\/[^\s/]+) to \/$/;
const REMOVED = /^(\d{9,11}): {2}>>> unmerge success: ([^\s/]+\/[^\s/]+)$/;

/**
 * Parses `EPOCH:  ::: completed emerge (1 of 4) CATEGORY/PF to /` and `EPOCH:  >>> unmerge success: CATEGORY/PF`
 * (Portage's Scheduler and unmerge). Merges to another root are skipped.
 */
export function parseEmergeLog(text: string): EmergeLogEvent[] {
  const events: EmergeLogEvent[] = [];
  const lines = text.split('\n');
  for (const [index, line] of lines.entries()) {
    const merged = MERGED.exec(line);
    // A line without line end may be truncated, or not yet complete. The line of a merge has a known end.
    const isWhole = index < lines.length - 1;
    const removed = merged === null && isWhole ? REMOVED.exec(line) : null;
    const [, seconds, cpv] = merged ?? removed ?? [];
    if (seconds === undefined || cpv === undefined) continue;
    events.push({ at: Number(seconds) * 1000, what: merged === null ? 'removed' : 'merged', cpv });
  }
  return events;
}
