import type { Initramfs, InitramfsContents } from '../../model/boot.ts';
import { type Fact, known, unknown } from '../../model/fact.ts';
import type { BootFacts } from '../../model/image.ts';
import { symbolRoom } from '../modules/symbol-room.ts';
import type { Root } from '../root.ts';
import { initramfsSource } from './initramfs/initramfs-source.ts';
import { type InitramfsQuestion, readInitramfs } from './initramfs/read-initramfs.ts';

/** One of a few hundred MB takes some seconds; of a machine that boots, few are of interest. */
const LOOKED_INTO_MAX = 16;

/**
 * The same facts with the contents of these files. What an earlier look has seen of a file that did not change since is
 * taken from there.
 */
export async function lookIntoInitramfs(
  root: Root,
  boot: BootFacts,
  which: readonly string[],
  names: ReadonlySet<string>,
  earlier: readonly Initramfs[],
): Promise<BootFacts> {
  const asked = new Set(which.slice(0, LOOKED_INTO_MAX));
  const initramfs: Initramfs[] = [];
  for (const file of boot.initramfs) {
    const before = earlier.find((other) => isSame(other, file));
    if (before !== undefined && isAnswer(before.contents)) initramfs.push(before);
    else if (asked.has(file.path))
      initramfs.push({ ...file, contents: await contentsOf(root, file.path, names) });
    else initramfs.push(file);
  }
  return { ...boot, initramfs };
}

function isSame(a: Initramfs, b: Initramfs): boolean {
  return a.path === b.path && a.id === b.id && a.size === b.size && a.mtime === b.mtime;
}

/** Does it stand as long as the file does? What was not looked into, or had no time, is asked again. */
function isAnswer(contents: Fact<InitramfsContents>): boolean {
  return contents.known || contents.code === 'malformed' || contents.code === 'too-large';
}

function contentsOf(root: Root, path: string, names: ReadonlySet<string>): Promise<Fact<InitramfsContents>> {
  const question: InitramfsQuestion = { names, expired: () => root.expired(), symbols: symbolRoom(root) };
  return root.whileOpen(path, async (file) => {
    const source = initramfsSource(file);
    return source === null ? known({ modules: [] }) : readInitramfs(source, path, question);
  });
}

/** What stands for the contents of a file that nobody asked for. */
export function notLookedInto(path: string): Fact<never> {
  return unknown('no-data', `${path} was not looked into`);
}
