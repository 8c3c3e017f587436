import { type Fact, known, mapFact, valueOr } from '../../model/fact.ts';
import type { Root } from '../root.ts';
import { commandFile, type TouchedSource } from './touched-sources.ts';

/** When the stages of a build were last written, ms; null: not there. */
export interface BuildProducts {
  /** Newest of what is linked into the kernel, as far as it was looked at. */
  readonly objects: number | null;
  readonly vmlinux: number | null;
  readonly image: number | null;
}

/**
 * In every kernel. An archive is made anew when anything beneath it that is linked in changes; before Linux
 * 4.20 it was an object.
 */
const LINKED: readonly (readonly string[])[] = [
  ['init/main.o'],
  ...['init', 'kernel', 'mm', 'fs'].map((part) => [`${part}/built-in.a`, `${part}/built-in.o`]),
  ['vmlinux.a'],
  ['vmlinux.o'],
];
const COMMAND_HEAD = 64 * 1024;

/**
 * Reads the stages. Only some objects are looked at: the touched ones, and those that come first and last in
 * any build. Unknown: something is there and cannot be looked at.
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
    // A module may well be compiled after the image; nothing but its command tells that it is one.
    if (image !== null && object.mtime > image && isModular(root, directory, object.path)) continue;
    times.push(object.mtime);
  }
  return mapFact(firstMtime(root, directory, ['vmlinux']), (vmlinux) => ({
    objects: times.length === 0 ? null : Math.max(...times),
    vmlinux,
    image,
  }));
}

/** mtime of the first of these files that is there; null: none is. */
function firstMtime(root: Root, directory: string, names: readonly string[]): Fact<number | null> {
  for (const name of names) {
    const stat = root.stat(`${directory}/${name}`);
    if (stat.known && stat.value.type === 'file') return known(stat.value.mtime);
    if (!stat.known && stat.code !== 'missing') return stat;
  }
  return known(null);
}

/** kbuild compiles what goes into a module with -DMODULE (KBUILD_CFLAGS_MODULE). */
function isModular(root: Root, directory: string, object: string): boolean {
  const modular = root.withFile(`${directory}/${commandFile(object)}`, (file) =>
    known(/\s-DMODULE\s/.test(file.read(0, COMMAND_HEAD).toString('latin1'))),
  );
  return valueOr(modular, false);
}
