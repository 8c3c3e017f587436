import type { PatchLines } from './patch-lines.ts';
import { type HeaderName, parseGitNames, parseHeaderName } from './patch-names.ts';

/** The text before the first hunk of a file. */
export interface Header {
  /** Names of the file, without the first part (-p1), the old name first. */
  readonly paths: readonly string[];
  /** Whether the file exists before and after the patch, by the patch. */
  readonly before: Existence;
  readonly after: Existence;
  /** The last lines of the text before the header. */
  readonly preamble: readonly string[];
}

export type Existence = 'there' | 'empty' | 'absent';

interface Draft {
  minus: string | null;
  plus: string | null;
  minusAbsent: boolean;
  plusAbsent: boolean;
  /** From git's extended header (`new file mode` and the like). */
  gitBefore: Existence;
  gitAfter: Existence;
  isGit: boolean;
  /** Has a line announced a diff? Before that, `@@ -` is text. */
  announced: boolean;
  /** The whole patch has CRLF line ends, and patch removes the CR. */
  crlf: boolean;
}

const PREAMBLE = 20;
const EMPTY_BLOB = 'e69de29bb2d1d6434b8b29ae775ad8c2e48c5391';

/** Reads up to the first hunk of the next file, which is not consumed; null: no more. */
export function readHeader(lines: PatchLines): Header | null {
  let draft = newDraft();
  const preamble: string[] = [];
  lines.stripCr(false);
  for (;;) {
    const line = lines.peek();
    if (line === null) return null;
    if (draft.announced && line.startsWith('@@ -')) {
      lines.stripCr(draft.crlf);
      return finish(draft, line, preamble);
    }
    lines.next();
    if (line.startsWith('diff --git ')) {
      draft = newDraft();
      draft.announced = true;
      draft.isGit = true;
      const names = parseGitNames(line.slice(11));
      // patch's own order: without a name in `+++`, the first of git's names counts.
      if (names !== null) [draft.plus, draft.minus] = names;
    } else if (line.startsWith('--- ')) {
      const { path, absent } = name(draft, line);
      draft.minus = path ?? draft.minus;
      draft.minusAbsent = absent;
    } else if (line.startsWith('+++ ')) {
      const { path, absent } = name(draft, line);
      draft.plus = path ?? draft.plus;
      draft.plusAbsent = absent;
    } else if (draft.isGit) {
      readGitLine(draft, line);
    } else {
      if (preamble.push(line) > PREAMBLE) preamble.shift();
    }
  }
}

function newDraft(): Draft {
  return {
    minus: null,
    plus: null,
    minusAbsent: false,
    plusAbsent: false,
    gitBefore: 'there',
    gitAfter: 'there',
    isGit: false,
    announced: false,
    crlf: false,
  };
}

function name(draft: Draft, line: string): HeaderName {
  draft.announced = true;
  draft.crlf = line.endsWith('\r\n');
  return parseHeaderName(line.slice(4));
}

function readGitLine(draft: Draft, line: string): void {
  if (line.startsWith('new file mode ')) draft.gitBefore = 'absent';
  if (line.startsWith('deleted file mode ')) draft.gitAfter = 'absent';
  const match = /^index ([0-9a-f]{1,64})\.\.([0-9a-f]{1,64})\s/.exec(line);
  if (match === null) return;
  draft.gitBefore = blobExistence(match[1] ?? '');
  draft.gitAfter = blobExistence(match[2] ?? '');
}

function blobExistence(id: string): Existence {
  if (/^0+$/.test(id)) return 'absent';
  return EMPTY_BLOB.startsWith(id) ? 'empty' : 'there';
}

function finish(draft: Draft, hunk: string, preamble: readonly string[]): Header {
  const paths = [draft.minus, draft.plus].filter((path) => path !== null);
  return {
    paths: [...new Set(paths)],
    before: /^@@ -0(?!\d)/.test(hunk) ? (draft.minusAbsent ? 'absent' : 'empty') : draft.gitBefore,
    after: /^@@ -\S+ +\+0(?!\d)/.test(hunk) ? (draft.plusAbsent ? 'absent' : 'empty') : draft.gitAfter,
    preamble,
  };
}
