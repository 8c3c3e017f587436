import { MODULE_ENDINGS } from '../../model/compression.ts';
import type { KernelConfig } from '../../model/config.ts';
import { type Fact, known, type Unknown, unknown, valueOr } from '../../model/fact.ts';
import type { OwnModules } from '../../model/module.ts';
import { withPlainContent } from '../decompress.ts';
import { buildIdOf } from '../elf/notes.ts';
import { readElf, readSection } from '../elf/sections.ts';
import { MIB, type OpenFile } from '../open-file.ts';
import type { Root } from '../root.ts';

export interface OwnModulesInput {
  /** The build directory. */
  readonly directory: string;
  readonly isDistribution: boolean;
  readonly release: Fact<string>;
  /** The configuration that the kernel was compiled with. */
  readonly config: Fact<KernelConfig>;
  /** When it was linked, ms; null: it was not linked. */
  readonly linkedAt: number | null;
}

const LIST_MAX = 4 * MIB;
/** Modules checked, of some hundred to four thousand. Each costs two accesses to the disk. */
const SAMPLE = 512;
/** Files whose build IDs are compared if their times differ the wrong way. */
const READ_MAX = 4;
const PACKED_MAX = 16 * MIB;

/**
 * Are the modules under /lib/modules/RELEASE/kernel those that were compiled with the kernel (`make
 * modules_install`)? modules.order of the build lists them. An installed module that is older than the build's and
 * has another build ID comes from the previous compilation.
 */
export function readOwnModules(root: Root, input: OwnModulesInput): Fact<OwnModules> {
  const { directory, release, config, linkedAt } = input;
  if (linkedAt === null) return unknown('no-data', `no kernel was linked in ${directory}`);
  if (config.known && config.value.options.MODULES !== 'y') return known('no-need');
  const order = root.readText(`${directory}/modules.order`, LIST_MAX);
  if (!release.known) return release;
  const installed = `/lib/modules/${release.value}`;
  const there = hasOwnModules(root, installed);
  if (!there.known) return there;
  if (!there.value) return order.known ? known(order.value.trim() === '' ? 'no-need' : 'none') : order;
  // The package compiles and installs both together.
  if (input.isDistribution) return known('of-this-build');
  if (!order.known) return order;
  const names = sampleOf(listedModules(order.value));
  if (names.length === 0) return known('no-need');
  return compare(root, names, directory, installed) ?? byTime(root, installed, linkedAt);
}

/** Does anything exist where `make modules_install` puts the kernel's own modules? */
export function hasOwnModules(root: Root, directory: string): Fact<boolean> {
  const names = root.list(`${directory}/kernel`);
  if (names.known) return known(names.value.length > 0);
  return names.code === 'missing' ? known(false) : names;
}

/** Paths inside `kernel/`: up to 6.5 a build's list also began with that, and it may name `.o`. */
function listedModules(order: string): string[] {
  return order.split('\n').flatMap((line) => {
    const path = line.replace(/^kernel\//, '').replace(/\.o$/, '.ko');
    return path.endsWith('.ko') && !path.split('/').includes('..') ? [path] : [];
  });
}

function sampleOf(names: readonly string[]): string[] {
  const step = Math.max(1, names.length / SAMPLE);
  return Array.from(
    { length: Math.min(names.length, SAMPLE) },
    (_, index) => names[Math.floor(index * step)] ?? '',
  );
}

/** null: none of the build's modules exists any more. */
function compare(
  root: Root,
  names: readonly string[],
  directory: string,
  installed: string,
): Fact<OwnModules> | null {
  const installedAt = valueOr(root.stat(`${installed}/modules.order`), null)?.mtime ?? 0;
  let pairs = 0;
  let suspects = 0;
  for (const name of names) {
    const built = root.stat(`${directory}/${name}`);
    if (!built.known) continue;
    const path = MODULE_ENDINGS.map((ending) => `${installed}/kernel/${name}${ending}`).find(
      (candidate) => root.lstat(candidate).known,
    );
    if (path === undefined) {
      // An installed module may have been removed on purpose. But one compiled after the last installation was never
      // installed.
      if (built.value.mtime > installedAt) return known('older');
      continue;
    }
    pairs++;
    const stat = root.stat(path);
    if (!stat.known || stat.value.mtime >= built.value.mtime || suspects === READ_MAX) continue;
    suspects++;
    const ids = [`${directory}/${name}`, path].map((file) => buildIdOfModule(root, file));
    // With equal build IDs it was linked again without a change. Without build IDs the times decide.
    if (ids[0] === null || ids[1] === null || ids[0] !== ids[1]) return known('older');
  }
  return pairs === 0 ? null : known('of-this-build');
}

function byTime(root: Root, installed: string, linkedAt: number): Fact<OwnModules> {
  const order = root.stat(`${installed}/modules.order`);
  if (!order.known) return cannotTell(installed);
  return known(order.value.mtime < linkedAt ? 'older' : 'of-this-build');
}

function cannotTell(installed: string): Unknown {
  return unknown('no-data', `nothing tells of which compilation the modules in ${installed} are`);
}

function buildIdOfModule(root: Root, path: string): string | null {
  const id = root.withFile(path, (file) => withPlainContent(file, path, PACKED_MAX, buildIdIn));
  return valueOr(id, null);
}

function buildIdIn(plain: OpenFile): Fact<string | null> {
  const elf = readElf(plain);
  if (!elf.known) return elf;
  const note = elf.value.sections.find(({ name }) => name === '.note.gnu.build-id');
  const bytes = note === undefined ? null : readSection(plain, note, MIB);
  return known(bytes?.known === true ? buildIdOf(bytes.value, elf.value.little) : null);
}
