import { join } from 'node:path';
import { type Fact, known, unknown } from '../../model/fact.ts';
import { type Arena, openArena } from '../arena.ts';
import { MIB } from '../open-file.ts';
import type { Root } from '../root.ts';

/** Files of one kernel tree, each read at most once. */
export interface TreeFiles {
  read(path: string): Fact<SourceFile>;
  /** Is there a file of that name? It is not opened for this. */
  has(path: string): boolean;
}

export interface SourceFile {
  /** They are there until the next tree is read. */
  readonly bytes: Buffer;
  /** ms. */
  readonly mtime: number;
}

/** The largest file that the sets touch has 0.7 MB (MAINTAINERS). */
const LIMIT = 4 * MIB;

/** The files of a tree, by paths below it; their bytes lie in the arena. What is a directory or too large is unknown. */
export function openTreeFiles(root: Root, tree: string, arena: Arena = openArena()): TreeFiles {
  const files = new Map<string, Fact<SourceFile>>();
  return {
    read: (path) => {
      const seen = files.get(path);
      if (seen !== undefined) return seen;
      const file = root.expired()
        ? unknown('timeout', `there was no time left to read ${tree}/${path}`)
        : readSource(root, join(tree, path), arena);
      files.set(path, file);
      return file;
    },
    has: (path) => files.get(path)?.known ?? root.lstat(join(tree, path)).known,
  };
}

function readSource(root: Root, path: string, arena: Arena): Fact<SourceFile> {
  return root.withFile(path, ({ stat, read }) => {
    if (stat.size > LIMIT) return unknown('too-large', `${path} is larger than ${LIMIT} bytes`);
    return known({ bytes: read(0, stat.size, arena.room(stat.size)), mtime: stat.mtime });
  });
}
