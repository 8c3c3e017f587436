/**
 * `npm run test:sets -- REPOSITORY...`: compares the patch state of a tree with every set in the history of clones of
 * aufs3-, aufs4- and aufs-standalone: complete, missing, each component missing, and each file that was restored; with
 * marks alone, and with the patches of the set itself, or of the previous one in its branch. Prints the numbers of
 * right, wrong and unknown results.
 */
import { type ReleasedSet, readReleasedSets } from '../../../packaging/released-sets.ts';
import { known, unknown } from '../../../src/model/fact.ts';
import { PATCH_COMPONENTS, type PatchComponent } from '../../../src/model/patch-component.ts';
import type { ComponentState, KernelVersion } from '../../../src/model/tree.ts';
import type { PatchAtHand } from '../../../src/system/sources/patch-files.ts';
import { patchState } from '../../../src/system/sources/patch-state.ts';
import type { TreeFiles } from '../../../src/system/sources/tree-files.ts';
import { type Images, imagesOf } from './image.ts';

type State = ComponentState['state'];
interface Tally {
  right: number;
  wrong: number;
  unknown: number;
}

const ALL: ReadonlySet<PatchComponent> = new Set(PATCH_COMPONENTS);
const tallies = new Map<string, Tally>();
const wrongs: string[] = [];

const sets = readReleasedSets(process.argv.slice(2)).filter(({ branch }) => versionOf(branch) !== null);
let unclear = 0;
for (const [index, set] of sets.entries()) {
  const images = imagesOf(set.patches);
  // One set of 2015 contradicts itself: no tree fits its hunks.
  if (images.unclear.length > 0) unclear++;
  if (images.unclear.length > 0) continue;
  const version = versionOf(set.branch);
  if (version === null) continue;
  const before = sets[index - 1]?.branch === set.branch ? sets[index - 1] : undefined;
  const after = sets[index + 1]?.branch === set.branch ? sets[index + 1] : undefined;
  const last = sets.findLast(({ branch }) => branch === set.branch);
  for (const [how, patches] of [
    ['marks alone', []],
    ['the set at hand', patchesOf(set)],
    ['the set before at hand', before === undefined ? null : patchesOf(before)],
    ['the set after at hand', after === undefined ? null : patchesOf(after)],
    ['the last of its branch at hand', last === undefined || last === set ? null : patchesOf(last)],
  ] as const) {
    if (patches === null) continue;
    tryAll(set, images, version, how, patches);
    // There are forty files, and each needs all available patches: one set of eight is enough.
    if (index % 8 === 0) putEachBack(set, images, version, how, patches);
  }
}

for (const [what, { right, wrong, unknown: unsaid }] of tallies) {
  process.stdout.write(`${what.padEnd(60)} right ${right}, wrong ${wrong}, unknown ${unsaid}\n`);
}
for (const line of wrongs.slice(0, 60)) process.stdout.write(`${line}\n`);
process.stdout.write(`${sets.length} sets, ${unclear} of them left out: their hunks do not fit together\n`);
process.exitCode = wrongs.length > 0 ? 1 : 0;

/** The complete set, none of it, and all but one component. */
function tryAll(
  set: ReleasedSet,
  images: Images,
  version: KernelVersion,
  how: string,
  patches: readonly PatchAtHand[],
): void {
  const check = (what: string, applied: ReadonlySet<PatchComponent>): void => {
    if (!images.fit(applied)) return;
    const { components } = patchState(treeOf(images, applied), known(version), null, patches);
    for (const component of PATCH_COMPONENTS) {
      if (set.patches[component] === undefined) continue;
      const wanted = applied.has(component) ? 'present' : 'absent';
      count(`${how}: ${what}`, set, component, components[component], wanted);
    }
  };
  check('whole', ALL);
  check('not there', new Set());
  for (const component of PATCH_COMPONENTS) {
    check('one component missing', new Set(PATCH_COMPONENTS.filter((each) => each !== component)));
  }
}

/** Each file in turn as it was before the set. */
function putEachBack(
  set: ReleasedSet,
  images: Images,
  version: KernelVersion,
  how: string,
  patches: readonly PatchAtHand[],
): void {
  for (const path of images.paths) {
    const { components } = patchState(treeOf(images, ALL, path), known(version), null, patches);
    for (const component of PATCH_COMPONENTS) {
      const diffs = set.patches[component]?.filter((diff) => diff.paths.at(-1) === path) ?? [];
      if (diffs.length === 0 || diffs.some(({ before }) => before === 'absent')) continue;
      count(`${how}: a file put back`, set, component, components[component], 'partial', path);
    }
  }
}

function count(
  what: string,
  set: ReleasedSet,
  component: PatchComponent,
  state: ComponentState,
  wanted: State,
  path = '',
): void {
  const tally = tallies.get(what) ?? { right: 0, wrong: 0, unknown: 0 };
  tallies.set(what, tally);
  if (state.state === wanted) tally.right++;
  // Marks cannot show a restored file that has none of its own, nor one that is the only file with those of its patch.
  else if (state.state === 'unknown' || (wanted === 'partial' && state.state !== 'partial')) tally.unknown++;
  else {
    tally.wrong++;
    const missing =
      state.state === 'partial' ? state.missing.map(({ file, part }) => `${file}: ${part}`).join(', ') : '';
    wrongs.push(
      `${what}: ${set.branch} ${set.day} ${component} ${path} is ${wanted}, said ${state.state} ${missing}`,
    );
  }
}

/** `putBack`: a file that is as it was before the set. */
function treeOf(images: Images, applied: ReadonlySet<PatchComponent>, putBack?: string): TreeFiles {
  const texts = new Map<string, string | null>();
  const textOf = (path: string): string | null => {
    const seen = texts.get(path);
    if (seen !== undefined) return seen;
    const text = images.text(path, path === putBack ? new Set() : applied);
    texts.set(path, text);
    return text;
  };
  return {
    has: (path) => textOf(path) !== null,
    read: (path) => {
      const text = textOf(path);
      return text === null
        ? unknown('missing', path)
        : known({ bytes: Buffer.from(text, 'latin1'), mtime: 1 });
    },
  };
}

function patchesOf({ branch, patches }: ReleasedSet): PatchAtHand[] {
  return PATCH_COMPONENTS.flatMap((component) => {
    const diffs = patches[component];
    if (diffs === undefined) return [];
    return [{ path: `/set/aufs-${component}.patch`, component, titled: [component], branch, diffs }];
  });
}

/** A kernel that the branch is for; null: x-rcN. */
function versionOf(branch: string): KernelVersion | null {
  const match = /^(\d+)\.(\d+)(?:\.(\d+|x))?\+?$/.exec(branch);
  if (match === null) return null;
  const [, version, patchlevel, sublevel = '0'] = match;
  return {
    version: Number(version),
    patchlevel: Number(patchlevel),
    sublevel: sublevel === 'x' ? 1 : Number(sublevel),
    extraversion: '',
  };
}
