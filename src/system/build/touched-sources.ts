import { basename, dirname } from 'node:path';
import type { Root } from '../root.ts';
import { isAlwaysBuilt } from './kbuild-makefile.ts';

/** A patched file that make compiles, or that others include. */
export interface TouchedSource {
  /** Relative to the tree. */
  readonly source: string;
  readonly mtime: number;
  readonly object:
    | { readonly state: 'header' }
    /** `path` relative to the build directory. */
    | { readonly state: 'there'; readonly path: string; readonly mtime: number }
    /** make would compile it now, and has not. */
    | { readonly state: 'wanted' }
    /** Its option is off, as mm/nommu.c on all machines with an MMU. */
    | { readonly state: 'unused' };
}

/** The C, assembler and header files among the touched ones that are there, with their objects. */
export function readTouchedSources(
  root: Root,
  tree: string,
  directory: string,
  touched: readonly string[],
): TouchedSource[] {
  return touched.flatMap((source) => {
    if (!/\.[chS]$/.test(source)) return [];
    const stat = root.stat(`${tree}/${source}`);
    if (!stat.known) return [];
    return [{ source, mtime: stat.value.mtime, object: objectOf(root, tree, directory, source) }];
  });
}

function objectOf(root: Root, tree: string, directory: string, source: string): TouchedSource['object'] {
  if (source.endsWith('.h')) return { state: 'header' };
  const path = source.replace(/\.[cS]$/, '.o');
  const stat = root.stat(`${directory}/${path}`);
  if (stat.known) return { state: 'there', path, mtime: stat.value.mtime };
  return isWanted(root, tree, directory, path) ? { state: 'wanted' } : { state: 'unused' };
}

/** kbuild leaves the command behind with each object: a command without object is an object that was removed. */
function isWanted(root: Root, tree: string, directory: string, object: string): boolean {
  if (root.stat(`${directory}/${commandFile(object)}`).known) return true;
  const makefile = root.readText(`${tree}/${dirname(object)}/Makefile`);
  return makefile.known && isAlwaysBuilt(makefile.value, basename(object));
}

/** `fs/splice.o` → `fs/.splice.o.cmd`, the file in which kbuild keeps an object's command. */
export function commandFile(object: string): string {
  return `${dirname(object)}/.${basename(object)}.cmd`;
}
