import { type Fact, known, unknown } from '../../model/fact.ts';
import { MIB } from '../open-file.ts';
import type { Root } from '../root.ts';
import { packingOf, unpack } from '../unpack.ts';

/** A merge or removal as emerge.log has it. */
export interface EmergeLogEvent {
  readonly at: number;
  readonly what: 'merged' | 'removed';
  /** CATEGORY/PF */
  readonly cpv: string;
}

const LOGS = '/var/log';
const LIMIT = 64 * MIB;

/**
 * What /var/log/emerge.log and its rotated parts, packed or not, still tell of merges to this root, oldest first.
 * `unread` hears of each part that tells nothing, and why.
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
      const text = readLog(root, path);
      if (text.known) return parseEmergeLog(text.value);
      unread(path, text.detail);
      return [];
    })
    .sort((a, b) => a.at - b.at);
}

function readLog(root: Root, path: string): Fact<string> {
  const bytes = root.readBytes(path, LIMIT);
  const packing = packingOf(path);
  const unpacked = bytes.known && packing !== null ? unpack(bytes.value, packing) : bytes;
  if (!unpacked.known) return unpacked;
  if (unpacked.value.length > LIMIT) return unknown('too-large', `it unpacks to more than ${LIMIT} bytes`);
  return known(unpacked.value.toString('utf8'));
}

// Both parts of the name without a slash: else a line of slashes would be tried at each of them.
const MERGED = /^(\d{9,11}): {2}::: completed emerge \(\d+ of \d+\) ([^\s/]+\/[^\s/]+) to \/$/;
const REMOVED = /^(\d{9,11}): {2}>>> unmerge success: ([^\s/]+\/[^\s/]+)$/;

/**
 * Parses `EPOCH:  ::: completed emerge (1 of 4) CATEGORY/PF to /` and `EPOCH:  >>> unmerge success: CATEGORY/PF`
 * (Portage's Scheduler and unmerge). Merges to another root are not of this machine.
 */
export function parseEmergeLog(text: string): EmergeLogEvent[] {
  const events: EmergeLogEvent[] = [];
  const lines = text.split('\n');
  for (const [index, line] of lines.entries()) {
    const merged = MERGED.exec(line);
    // Without its line end a line may be cut off, or just being written; of a merge the end is known.
    const isWhole = index < lines.length - 1;
    const removed = merged === null && isWhole ? REMOVED.exec(line) : null;
    const [, seconds, cpv] = merged ?? removed ?? [];
    if (seconds === undefined || cpv === undefined) continue;
    events.push({ at: Number(seconds) * 1000, what: merged === null ? 'removed' : 'merged', cpv });
  }
  return events;
}
