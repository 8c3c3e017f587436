import { type Fact, known } from '../../model/fact.ts';
import { MIB, type OpenFile } from '../open-file.ts';
import type { Root } from '../root.ts';
import { type Contents, parseContents } from './contents.ts';

const WHOLE = 16 * MIB;
const CHUNK = 128 * 1024;
const TREE_LINE = 'dir /usr/src/linux-';

/** The whole CONTENTS of a package that builds modules. */
export function readContents(root: Root, path: string): Fact<Contents> {
  const text = root.readText(path, WHOLE);
  return text.known ? known(parseContents(text.value)) : text;
}

/**
 * The tree that a package of kernel sources owns. Its CONTENTS has 10 MB of files. The line of the tree's directory
 * comes before them, so reading stops there.
 */
export function readOwnedTree(root: Root, path: string): Fact<Contents> {
  return root.withFile(path, (file) => known(parseContents(firstTreeLine(file))));
}

function firstTreeLine(file: OpenFile): string {
  let rest = '';
  for (let offset = 0; offset < WHOLE; offset += CHUNK) {
    const chunk = file.read(offset, CHUNK);
    const text = rest + chunk.toString('latin1');
    const at = text.startsWith(TREE_LINE) ? 0 : text.indexOf(`\n${TREE_LINE}`) + 1;
    const isHere = at > 0 || text.startsWith(TREE_LINE);
    const isEnd = chunk.length < CHUNK;
    const newline = text.indexOf('\n', at);
    if (isHere && (newline > 0 || isEnd)) {
      const line = text.slice(at, newline > 0 ? newline + 1 : text.length);
      return Buffer.from(line, 'latin1').toString('utf8');
    }
    if (isEnd) return '';
    rest = text.slice(-4096);
  }
  return '';
}
