import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { HookEvent, InboxPosition } from '../model/event.ts';
import { errorCode } from '../system/system-error.ts';
import { parseEventLine } from './event-line.ts';

export interface InboxReading {
  readonly events: readonly HookEvent[];
  /** Where reading began. */
  readonly from: readonly InboxPosition[];
  /** Where it ended. Commit it in one transaction with the events. */
  readonly positions: readonly InboxPosition[];
  /** Whole lines that are no events. */
  readonly bad: readonly string[];
  /** Lines that were cut off. */
  readonly torn: readonly string[];
  /** A file that cannot be read, and why; null: all can. */
  readonly stuck: { readonly path: string; readonly detail: string } | null;
  /** Is there more to read with the next call? */
  readonly more: boolean;
}

export const INBOX = 'inbox';
/** The previous inbox, which was moved aside and is read to its end. */
export const INBOX_OLD = 'inbox.old';

/** Read at most this much at once, so that recording it is quick, bytes. */
const AT_ONCE = 1024 * 1024;
/** A longer text without a line end is not from a hook: they write lines of less than 4 KB. */
const LINE_MAX = 64 * 1024;

/** Reads what the hooks wrote after `positions`. A last line that has no end yet is left for the next call. */
export function readInbox(state: string, positions: readonly InboxPosition[]): InboxReading {
  const known = new Map(positions.map(({ file, position }) => [file, position]));
  const events: HookEvent[] = [];
  const bad: string[] = [];
  const torn: string[] = [];
  const reading = { events, bad, torn, positions: [] as InboxPosition[] };
  let stuck: InboxReading['stuck'] = null;
  let more = false;
  for (const name of [INBOX_OLD, INBOX]) {
    const path = join(state, name);
    const part = readNew(path, known);
    if (part === null) continue;
    if ('detail' in part) {
      stuck = { path, detail: part.detail };
      continue;
    }
    reading.positions.push(part.position);
    for (const { text, cut } of part.lines) {
      const event = cut ? null : parseEventLine(text);
      if (event !== null) events.push(event);
      else if (cut || BEGINNING.test(text)) torn.push(text);
      else bad.push(text);
    }
    more = part.more;
    // The newer file only after the whole older one.
    if (more) break;
  }
  // Keeps the positions of files that were not read now: later they must not be read from the beginning.
  if (stuck !== null || more) {
    const read = new Set(reading.positions.map(({ file }) => file));
    reading.positions.push(...positions.filter(({ file }) => !read.has(file)));
  }
  return { ...reading, from: positions, stuck, more };
}

/** Reads to the end, portion by portion. The event loop runs between them. */
export async function* readPortions(
  state: string,
  positions: readonly InboxPosition[],
): AsyncGenerator<InboxReading> {
  let reading = readInbox(state, positions);
  yield reading;
  while (reading.more) {
    await setImmediate();
    reading = readInbox(state, reading.positions);
    yield reading;
  }
}

type Part =
  | { readonly lines: readonly Line[]; readonly position: InboxPosition; readonly more: boolean }
  | { readonly detail: string };

function readNew(path: string, known: ReadonlyMap<string, number>): Part | null {
  let fd: number;
  try {
    // A FIFO of that name must not block the daemon, and a symlink must not be followed.
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
  } catch (error) {
    const code = errorCode(error);
    if (code === null) throw error;
    return code === 'ENOENT' ? null : { detail: code === 'ELOOP' ? 'it is a symlink' : code };
  }
  try {
    const stat = fstatSync(fd);
    if (!stat.isFile()) return { detail: 'it is not a regular file' };
    const file = fileIdentity(stat);
    const before = known.get(file) ?? 0;
    // Shorter than before: it was truncated.
    const start = before > stat.size ? 0 : before;
    const buffer = Buffer.allocUnsafe(Math.min(AT_ONCE, stat.size - start));
    const bytes = buffer.subarray(0, readSync(fd, buffer, 0, buffer.length, start));
    const end = endOfLines(bytes);
    return {
      lines: linesOf(bytes.toString('utf8', 0, end)),
      position: { file, position: start + end },
      more: end > 0 && start + bytes.length < stat.size,
    };
  } catch (error) {
    const code = errorCode(error);
    if (code === null) throw error;
    return { detail: code };
  } finally {
    closeSync(fd);
  }
}

/** Identifies a file independently of its name. Without the device: btrfs has a new number at each mount. */
export function fileIdentity(stat: Stats): string {
  return `${stat.ino}:${stat.birthtimeMs}`;
}

interface Line {
  readonly text: string;
  /** Does another line begin before its end? */
  readonly cut: boolean;
}

/** A line of the second form, whole or not. */
const BEGINNING = /^aufswatch2\t/;

/**
 * A full disk or a power cut leaves half a line, or NULs, and the next hook appends to that. So a line begins wherever
 * the name of the form does. A value cannot hold that name, since it ends with a TAB.
 */
function linesOf(text: string): Line[] {
  return text
    .replaceAll('\0', '')
    .split('\n')
    .flatMap((whole) => {
      const parts = whole.split(/(?=aufswatch\d+\t)/);
      return parts.map((part, index) => ({ text: part, cut: index < parts.length - 1 }));
    })
    .filter((line) => line.text !== '');
}

/** Where the last whole line ends. A line longer than LINE_MAX counts as ended. */
function endOfLines(bytes: Buffer): number {
  const end = bytes.lastIndexOf(10) + 1;
  return end === 0 && bytes.length > LINE_MAX ? bytes.length : end;
}
