import { endingPattern } from '../../model/compression.ts';
import type { OwnedModule } from '../../model/portage.ts';

/** The part of a CONTENTS file that matters here. */
export interface Contents {
  readonly modules: readonly OwnedModule[];
  /** `/usr/src/linux-6.1.192-gentoo`. */
  readonly trees: readonly string[];
  readonly patches: readonly string[];
  /** Has it no valid entry? */
  readonly isEmpty: boolean;
}

const MODULE = new RegExp(`^/(?:usr/)?lib/modules/.+\\.ko${endingPattern('module')}$`);
const PATCH = new RegExp(`\\.(?:patch|diff)${endingPattern('patch')}$`);
const TREE = /^\/usr\/src\/linux-[^/]+$/;

/**
 * Parses CONTENTS: `dir PATH`, `obj PATH MD5 MTIME`, `sym PATH -> TARGET MTIME`, one per line. A path may contain
 * blanks, so `obj` lines are split from the right. Other lines are skipped. As in Portage, CRLF counts as LF, and the
 * last line needs no line end.
 */
export function parseContents(text: string): Contents {
  const modules: OwnedModule[] = [];
  const trees: string[] = [];
  const patches: string[] = [];
  let isEmpty = true;
  const lines = text.split(/\r?\n/);
  for (const [index, line] of lines.entries()) {
    if (line.startsWith('dir ')) {
      isEmpty = false;
      const path = line.slice(4);
      if (TREE.test(path)) trees.push(path);
    } else if (line.startsWith('obj ')) {
      const entry = parseObject(line, index === lines.length - 1);
      if (entry === null) continue;
      isEmpty = false;
      if (MODULE.test(entry.path)) modules.push(entry);
      else if (PATCH.test(entry.path)) patches.push(entry.path);
    }
  }
  return { modules, trees, patches, isEmpty };
}

function parseObject(line: string, isLast: boolean): OwnedModule | null {
  const beforeTime = line.lastIndexOf(' ');
  const beforeMd5 = line.lastIndexOf(' ', beforeTime - 1);
  const [md5, seconds] = [line.slice(beforeMd5 + 1, beforeTime), line.slice(beforeTime + 1)];
  // A damaged line must not become an entry with another path, nor a truncated one an entry with another time.
  const digits = isLast ? /^\d{10,12}$/ : /^\d{1,12}$/;
  if (beforeMd5 <= 4 || !/^[0-9a-f]{32}$/.test(md5) || !digits.test(seconds)) return null;
  return { path: line.slice(4, beforeMd5), md5, mtime: Number(seconds) * 1000 };
}
