import { basename, dirname } from 'node:path';
import { CONFIG_NAMES, type KernelConfig } from '../../model/config.ts';
import type { Fact } from '../../model/fact.ts';
import type { Root } from '../root.ts';
import { isAlwaysBuilt, optionsOf } from './kbuild-makefile.ts';

/** A patched file that make compiles or that other files include. */
export interface TouchedSource {
  /** Relative to the tree. */
  readonly source: string;
  readonly mtime: number;
  readonly object:
    | { readonly state: 'header' }
    /** `path` relative to the build directory. */
    | { readonly state: 'there'; readonly path: string; readonly mtime: number }
    /** make would compile it now, and has not yet. */
    | { readonly state: 'wanted' }
    /**
     * Its option is off, as for mm/nommu.c on all machines with an MMU. make keeps an object from before the option
     * was switched off, and does not compile it again.
     */
    | { readonly state: 'unused' };
}

/**
 * The existing C, assembler and header files among the touched ones, with their objects. `config`: the configuration
 * of the build (auto.conf).
 */
export function readTouchedSources(
  root: Root,
  tree: string,
  directory: string,
  touched: readonly string[],
  config: Fact<KernelConfig>,
): TouchedSource[] {
  return touched.flatMap((source) => {
    if (!/\.[chS]$/.test(source)) return [];
    const stat = root.stat(`${tree}/${source}`);
    if (!stat.known) return [];
    const { mtime } = stat.value;
    return [{ source, mtime, object: objectOf(source, mtime) }];
  });

  function objectOf(source: string, sourceMtime: number): TouchedSource['object'] {
    if (source.endsWith('.h')) return { state: 'header' };
    const path = source.replace(/\.[cS]$/, '.o');
    const stat = root.stat(`${directory}/${path}`);
    const isOff = () => isSwitchedOff(root, tree, path, config);
    if (!stat.known) {
      const wanted = isWanted(root, tree, directory, path) && !isOff();
      return wanted ? { state: 'wanted' } : { state: 'unused' };
    }
    const { mtime } = stat.value;
    // An object newer than its source is not compiled, so no Makefile need be read.
    return sourceMtime > mtime && isOff() ? { state: 'unused' } : { state: 'there', path, mtime };
  }
}

/** Are all options off that would build the object? */
function isSwitchedOff(root: Root, tree: string, object: string, config: Fact<KernelConfig>): boolean {
  if (!config.known) return false;
  const makefile = root.readText(`${tree}/${dirname(object)}/Makefile`);
  const options = makefile.known ? optionsOf(makefile.value, basename(object)) : null;
  const { options: set } = config.value;
  return options?.every((name) => CONFIG_NAMES.has(name) && set[name] === undefined) ?? false;
}

/** kbuild keeps the command of each object: a command without an object means that the object was removed. */
function isWanted(root: Root, tree: string, directory: string, object: string): boolean {
  if (root.stat(`${directory}/${commandFile(object)}`).known) return true;
  const makefile = root.readText(`${tree}/${dirname(object)}/Makefile`);
  return makefile.known && isAlwaysBuilt(makefile.value, basename(object));
}

/** `fs/splice.o` → `fs/.splice.o.cmd`, the file in which kbuild keeps an object's command. */
export function commandFile(object: string): string {
  return `${dirname(object)}/.${basename(object)}.cmd`;
}
