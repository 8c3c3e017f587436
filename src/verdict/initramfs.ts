import type { Initramfs, InitramfsContents, InitramfsModule } from '../model/boot.ts';
import { valueOr } from '../model/fact.ts';
import type { ModuleFile, ModuleInfo } from '../model/module.ts';
import { type Kernel, moduleFile } from './kernel/kernel.ts';
import { loadAnswer } from './load-answer.ts';
import type { Situation } from './situation.ts';
import { willLoad } from './will-load.ts';

/** The initramfs of the next boot, compared with the modules on disk. */
export interface InitramfsState {
  readonly kernel: Kernel;
  readonly file: Initramfs;
  /** Modules that differ from those on disk. */
  readonly outdated: readonly OutdatedModule[];
  /** Those of them that the root file system needs and that the kernel refuses. */
  readonly refused: readonly string[];
  /** Modules that the root file system needs and that it lacks. */
  readonly lacking: readonly string[];
}

export interface OutdatedModule {
  readonly name: string;
  readonly disk: ModuleFile;
  /** null: the initramfs could not be read, and is older than the module. */
  readonly inside: ModuleFile | null;
}

/** null: the next boot has no initramfs, or it is not known which. */
export function initramfsState(situation: Situation): InitramfsState | null {
  const { next, snapshot } = situation;
  const files = initramfsOfNext(situation);
  // Microcode and the like are in separate files: the last one holds the modules.
  const file = files.at(-1);
  if (next === null || file === undefined) return null;
  const needed = neededByRoot(situation);
  const contents = valueOr(file.contents, null);
  const disk = (next.modules?.modules ?? []).filter(
    ({ name, inTree, path }) => !inTree && moduleFile(next, name)?.path === path,
  );
  const ignored = snapshot.preferences.ignoredModules;
  const old = disk
    .filter(({ name }) => !ignored.includes(name))
    .flatMap((module) => outdated(module, file, contents, needed));
  return {
    kernel: next,
    file,
    outdated: old,
    refused: old
      .filter(({ name, inside }) => needed.includes(name) && inside !== null && isRefused(next, inside))
      .map(({ name }) => name),
    lacking: contents === null ? [] : needed.filter((name) => lacks(next, name, files, contents)),
  };
}

/** Only the module itself counts: what it needs is in the same initramfs, and as old. */
function isRefused(kernel: Kernel, inside: ModuleFile): boolean {
  return willLoad(kernel, inside).answer === 'refused';
}

/** The files that the next boot starts with, in their order. */
function initramfsOfNext({ nextBoot, snapshot }: Situation): Initramfs[] {
  if (nextBoot.kind === 'unknown') return [];
  const paths = nextBoot.initrds.flatMap(({ path }) => (path.known ? [path.value] : []));
  const named = paths.length > 0 ? paths : [nextBoot.image];
  return named.flatMap((path) => snapshot.boot.initramfs.filter((file) => file.path === path));
}

/** Out-of-tree modules that mounting the root file system needs, with their dependencies. */
function neededByRoot({ nextBoot, next, snapshot }: Situation): string[] {
  const { lastBoot } = snapshot.boot;
  const known = nextBoot.kind !== 'unknown' && nextBoot.commandLine.known ? nextBoot.commandLine : null;
  const line = valueOr(known ?? lastBoot.commandLine, '');
  const words = line.split(/\s+/);
  const type = words.flatMap((word) => /^rootfstype=(.+)$/.exec(word)?.[1]?.split(',') ?? []);
  const isZfs = words.some((word) => /^(?:root=(?:ZFS=|zfs:|zfs$)|dozfs\b|zfs=)/i.test(word));
  const first = [...new Set([...type, ...(isZfs ? ['zfs'] : [])])].filter(
    (name) => next !== null && moduleFile(next, name) !== null,
  );
  return withNeeds(next, first);
}

function withNeeds(kernel: Kernel | null, names: readonly string[]): string[] {
  const found = new Set<string>();
  const visit = (name: string): void => {
    if (found.has(name) || kernel === null) return;
    const file = moduleFile(kernel, name);
    if (file === null || file.inTree) return;
    found.add(name);
    if (file.info.known) for (const need of file.info.value.depends) visit(need.replaceAll('-', '_'));
  };
  for (const name of names) visit(name);
  return [...found];
}

function outdated(
  disk: ModuleFile,
  file: Initramfs,
  contents: InitramfsContents | null,
  needed: readonly string[],
): OutdatedModule[] {
  if (contents === null) {
    // It must hold a module of that name, and was made before this one.
    const isOlder = needed.includes(disk.name) && file.mtime < disk.mtime;
    return isOlder ? [{ name: disk.name, disk, inside: null }] : [];
  }
  const inside = moduleIn(contents, disk);
  if (inside === null || inside.file === null) return [];
  return isSameModule(inside.file, disk) === false ? [{ name: disk.name, disk, inside: inside.file }] : [];
}

function moduleIn({ modules }: InitramfsContents, disk: ModuleFile): InitramfsModule | null {
  const release = /^\/lib\/modules\/([^/]+)\//.exec(disk.path)?.[1];
  return modules.find((module) => module.name === disk.name && module.release === release) ?? null;
}

/** null: not known. Parts that tools strip from a module in an initramfs are not compared. */
function isSameModule(inside: ModuleFile, disk: ModuleFile): boolean | null {
  if (!inside.info.known || !disk.info.known) return null;
  const [a, b] = [inside.info.value, disk.info.value];
  if (a.buildId !== null && b.buildId !== null) return a.buildId === b.buildId;
  return marksOf(a) === marksOf(b) ? null : false;
}

function marksOf({ srcversion, version, vermagic, moduleLayout, imports }: ModuleInfo): string {
  const crcs = imports.map(({ name, crc }) => `${name} ${crc}`).toSorted();
  return JSON.stringify([srcversion, version, vermagic, moduleLayout, crcs]);
}

function lacks(
  kernel: Kernel,
  name: string,
  files: readonly Initramfs[],
  contents: InitramfsContents,
): boolean {
  const answer = loadAnswer(kernel, name);
  // Without a file on disk nothing can be added; that is another finding.
  if (answer.missing || files.some((file) => !file.contents.known)) return false;
  return !contents.modules.some((module) => module.name === name);
}
