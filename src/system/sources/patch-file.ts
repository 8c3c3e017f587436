import { type Fact, known, unknown } from '../../model/fact.ts';
import { type Header, readHeader } from './patch-header.ts';
import { openLines, type PatchLines } from './patch-lines.ts';

/** The changes of a patch to one file. Text is Latin-1, one character per byte. */
export interface FileDiff extends Header {
  readonly hunks: readonly Hunk[];
}

export interface Hunk {
  /** Counted from 1 in its file, as in patch. */
  readonly number: number;
  readonly old: HunkSide;
  readonly new: HunkSide;
  /** Lines of context before the first change and after the last. */
  readonly prefix: number;
  readonly suffix: number;
}

export interface HunkSide {
  /** Number of the first line, from 1; without lines, of the line after. */
  readonly first: number;
  /** With their line ends; only the last line of a file can have none. */
  readonly lines: readonly string[];
}

interface Malformed {
  readonly malformed: string;
}

const RANGE = /^@@ -(\d{1,15})(?:,(\d{1,15}))? ?\+(\d{1,15})(?:,(\d{1,15}))? ?@/;

/**
 * Parses a patch in unified form, with plain or git headers, as GNU patch 2.7 reads it with -p1: text before, between
 * and after the diffs, lines that begin with `#`, CRLF line ends of a patch that was converted on its way. Not
 * supported: indented patches, renames, binary diffs, other forms of diff. `malformed`: patch itself would give up,
 * or there is no diff.
 */
export function parsePatch(text: string): Fact<readonly FileDiff[]> {
  const lines = openLines(text);
  const files: FileDiff[] = [];
  for (;;) {
    const header = readHeader(lines);
    if (header === null) break;
    const hunks: Hunk[] = [];
    for (;;) {
      const hunk = readHunk(lines, hunks.length + 1);
      if (hunk === null) break;
      if ('malformed' in hunk) return unknown('malformed', `line ${lines.number()}: ${hunk.malformed}`);
      hunks.push(hunk);
    }
    files.push({ ...header, hunks });
  }
  return files.length > 0 ? known(files) : unknown('malformed', 'there is no unified diff in it');
}

/** null: no hunk follows, and the line is not consumed. */
function readHunk(lines: PatchLines, number: number): Hunk | Malformed | null {
  if (lines.peek()?.startsWith('@@ -') !== true) return null;
  const match = RANGE.exec(lines.next() ?? '');
  if (match === null) return { malformed: 'not a hunk header' };
  const [, oldFirst = '', oldCount = '1', newFirst = '', newCount = '1'] = match;
  const body = readBody(lines, Number(oldCount), Number(newCount));
  if ('malformed' in body) return body;
  return {
    number,
    old: { first: Number(oldFirst) + (body.old.length === 0 ? 1 : 0), lines: body.old },
    new: { first: Number(newFirst) + (body.new.length === 0 ? 1 : 0), lines: body.new },
    prefix: body.prefix,
    suffix: body.suffix,
  };
}

interface Body {
  readonly old: string[];
  readonly new: string[];
  readonly prefix: number;
  readonly suffix: number;
}

function readBody(lines: PatchLines, oldCount: number, newCount: number): Body | Malformed {
  const body: Body = { old: [], new: [], prefix: 0, suffix: 0 };
  let prefix: number | null = null;
  let context = 0;
  while (body.old.length < oldCount || body.new.length < newCount) {
    const line = lines.next() ?? choppedLine(newCount - body.new.length);
    if (line === null) return { malformed: 'the patch ends in the middle of a hunk' };
    const [sign, content] = splitSign(line);
    if (sign === null) return { malformed: 'not a line of a hunk' };
    let rest = content;
    if (sign !== '+') {
      if (body.old.length === oldCount) return { malformed: 'more old lines than announced' };
      if (body.old.length === oldCount - 1 && lines.skipNoNewline()) rest = rest.slice(0, -1);
      body.old.push(rest);
    }
    if (sign !== '-') {
      if (body.new.length === newCount) return { malformed: 'more new lines than announced' };
      if (body.new.length === newCount - 1 && lines.skipNoNewline()) rest = rest.slice(0, -1);
      body.new.push(rest);
    }
    if (sign === ' ') context++;
    else {
      prefix ??= context;
      context = 0;
    }
  }
  return prefix === null ? { malformed: 'a hunk without a change' } : { ...body, prefix, suffix: context };
}

/** Mailers remove blank lines at the end. patch restores up to three. */
function choppedLine(newLinesLeft: number): string | null {
  return newLinesLeft < 4 ? ' \n' : null;
}

function splitSign(line: string): readonly [sign: ' ' | '+' | '-' | null, content: string] {
  const first = line[0];
  // Some programs remove the blank of an empty or indented context line.
  if (first === '\n' || first === '\t') return [' ', line];
  if (first === '+' || first === '-') return [first, line.slice(1)];
  return [first === ' ' || first === '=' ? ' ' : null, line.slice(1)];
}
