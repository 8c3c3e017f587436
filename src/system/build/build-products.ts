import { type Fact, known, mapFact, valueOr } from '../../model/fact.ts';
import type { Root } from '../root.ts';
import { commandFile, type TouchedSource } from './touched-sources.ts';

/** When each stage of a build was last written, ms; null: it does not exist. */
export interface BuildProducts {
  /** Newest of the checked files that are linked into the kernel. */
  readonly objects: number | null;
  readonly vmlinux: number | null;
  readonly image: number | null;
}

/**
 * Present in every kernel. An archive is written again when anything linked into it changes; before Linux 4.20 it was
 * an object.
 */
const LINKED: readonly (readonly string[])[] = [
  ['init/main.o'],
  ...['init', 'kernel', 'mm', 'fs'].map((part) => [`${part}/built-in.a`, `${part}/built-in.o`]),
  ['vmlinux.a'],
  ['vmlinux.o'],
];
const COMMAND_HEAD = 64 * 1024;

/**
 * Reads the stages. Only some objects are checked: the touched ones, and the first and last of any build. Unknown:
 * something exists and cannot be read.
 */
export function readBuildProducts(
  root: Root,
  directory: string,
  touched: readonly TouchedSource[],
  image: number | null,
): Fact<BuildProducts> {
  const times: number[] = [];
  for (const names of LINKED) {
    const at = firstMtime(root, directory, names);
    if (!at.known) return at;
    if (at.value !== null) times.push(at.value);
  }
  for (const { object } of touched) {
    if (object.state !== 'there') continue;
    // A module may be compiled after the image. Only its command shows that the object belongs to a module.
    if (image !== null && object.mtime > image && isModular(root, directory, object.path)) continue;
    times.push(object.mtime);
  }
  return mapFact(firstMtime(root, directory, ['vmlinux']), (vmlinux) => ({
    objects: times.length === 0 ? null : Math.max(...times),
    vmlinux,
    image,
  }));
}

/** mtime of the first of these files that exists; null: none. */
function firstMtime(root: Root, directory: string, names: readonly string[]): Fact<number | null> {
  for (const name of names) {
    const stat = root.stat(`${directory}/${name}`);
    if (stat.known && stat.value.type === 'file') return known(stat.value.mtime);
    if (!stat.known && stat.code !== 'missing') return stat;
  }
  return known(null);
}

/** kbuild compiles objects of modules with -DMODULE (KBUILD_CFLAGS_MODULE). */
function isModular(root: Root, directory: string, object: string): boolean {
  const modular = root.withFile(`${directory}/${commandFile(object)}`, (file) =>
    known(/\s-DMODULE\s/.test(file.read(0, COMMAND_HEAD).toString('latin1'))),
  );
  return valueOr(modular, false);
}
