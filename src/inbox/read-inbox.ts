import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { HookEvent, InboxPosition } from '../model/event.ts';
import { errorCode } from '../system/system-error.ts';
import { parseEventLine } from './event-line.ts';

export interface InboxReading {
  readonly events: readonly HookEvent[];
  /** Where it began. */
  readonly from: readonly InboxPosition[];
  /** To be committed together with what the events brought. */
  readonly positions: readonly InboxPosition[];
  /** Lines that mean nothing. */
  readonly bad: readonly string[];
  /** Lines that were cut off. */
  readonly torn: readonly string[];
  /** Why a file cannot be read at all; null: all is well. */
  readonly stuck: { readonly path: string; readonly detail: string } | null;
  /** Is there more, which the next reading brings? */
  readonly more: boolean;
}

export const INBOX = 'inbox';
/** The inbox that was moved aside to be read to its end. */
export const INBOX_OLD = 'inbox.old';

/** More than this waits for the next reading, so that what comes of it takes moments, bytes. */
const AT_ONCE = 1024 * 1024;
/** The hooks write lines of under 4 KB; what is longer without an end is none of theirs. */
const LINE_MAX = 64 * 1024;

/** Reads what the hooks left since `positions`. A last line without its end waits for it. */
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
    // What is newer comes behind all that is older.
    if (more) break;
  }
  // What is not read now may be read later, and must not be read from its beginning then.
  if (stuck !== null || more) {
    const read = new Set(reading.positions.map(({ file }) => file));
    reading.positions.push(...positions.filter(({ file }) => !read.has(file)));
  }
  return { ...reading, from: positions, stuck, more };
}

/** The same to the end of what there is, portion by portion; others get their turn between. */
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
    // A FIFO in its place must not make the daemon wait, and a symlink not read another file.
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
    // Shorter than before: somebody emptied it.
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

/** Tells a file whatever its name is. The device is no part of it: btrfs numbers it anew at each mount. */
export function fileIdentity(stat: Stats): string {
  return `${stat.ino}:${stat.birthtimeMs}`;
}

interface Line {
  readonly text: string;
  /** Does another one begin where its end should be? */
  readonly cut: boolean;
}

/** A line of the second form, whole or not. */
const BEGINNING = /^aufswatch2\t/;

/**
 * A full disk or a power cut leaves half a line, or NULs, and the next hook writes on behind it: a line begins
 * wherever the format's name does, which no value can hold, as it ends with a TAB.
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

/** Where the last whole line ends. A line that is longer than any can be is taken as ended. */
function endOfLines(bytes: Buffer): number {
  const end = bytes.lastIndexOf(10) + 1;
  return end === 0 && bytes.length > LINE_MAX ? bytes.length : end;
}
