import { join } from 'node:path';
import { type Fact, known, unknown } from '../../model/fact.ts';
import { type Arena, openArena } from '../arena.ts';
import { MIB } from '../open-file.ts';
import type { Root } from '../root.ts';
import { beginScan } from '../scan-budget.ts';

/** Files of one kernel tree, each read at most once. */
export interface TreeFiles {
  read(path: string): Fact<SourceFile>;
  /** Does the file exist? It is not opened. */
  has(path: string): boolean;
}

export interface SourceFile {
  /** Valid until the next tree is read. */
  readonly bytes: Buffer;
  /** ms. */
  readonly mtime: number;
}

/**
 * Processor time for the patches of one tree, ms: files that are made to be slow must leave time for the other trees.
 */
const PROCESSOR = 2000;

/** The largest file that the sets touch has 0.7 MB (MAINTAINERS). */
const LIMIT = 2 * MIB;

/**
 * The files of a tree, by paths relative to it. Their bytes are in the arena. A directory, or a file that is too
 * large, is unknown.
 */
export function openTreeFiles(root: Root, tree: string, arena: Arena = openArena()): TreeFiles {
  const files = new Map<string, Fact<SourceFile>>();
  const isOver = beginScan(Number.POSITIVE_INFINITY, PROCESSOR);
  return {
    read: (path) => {
      // Checked for a file that was read before, too: to match a patch can take longer than to read the file.
      if (root.expired() || isOver()) return unknown('timeout', `there was no time left for ${tree}/${path}`);
      const seen = files.get(path);
      if (seen !== undefined) return seen;
      const file = readSource(root, join(tree, path), arena);
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
