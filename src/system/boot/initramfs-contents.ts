import type { Initramfs, InitramfsContents } from '../../model/boot.ts';
import { type Fact, known, unknown } from '../../model/fact.ts';
import type { BootFacts } from '../../model/image.ts';
import { symbolRoom } from '../modules/symbol-room.ts';
import type { Root } from '../root.ts';
import { initramfsSource } from './initramfs/initramfs-source.ts';
import { type InitramfsQuestion, readInitramfs } from './initramfs/read-initramfs.ts';

/** An initramfs of a few hundred MB takes some seconds, and few of them matter on a machine that boots. */
const READ_MAX = 16;

/**
 * Returns the same facts with the contents of these files. The contents of a file that has not changed since an earlier
 * scan are taken from that scan.
 */
export async function addInitramfsContents(
  root: Root,
  boot: BootFacts,
  which: readonly string[],
  names: ReadonlySet<string>,
  earlier: readonly Initramfs[],
): Promise<BootFacts> {
  const asked = new Set(which.slice(0, READ_MAX));
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

/** Are the contents final as long as the file does not change? After a timeout, or where it was not read, they are not. */
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

/** The contents of a file that was not requested. */
export function contentsNotRead(path: string): Fact<never> {
  return unknown('no-data', `${path} was not looked into`);
}
