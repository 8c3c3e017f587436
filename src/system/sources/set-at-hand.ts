import { type Fact, known, unknown } from '../../model/fact.ts';
import { PATCH_COMPONENTS, type PatchComponent } from '../../model/patch-component.ts';
import type { ComponentState, MissingPart, SetAtHand } from '../../model/tree.ts';
import { componentsHeld } from './patch-components.ts';
import type { FileDiff } from './patch-file.ts';
import type { PatchStack } from './patch-stacks.ts';
import { dryRun } from './proof.ts';
import type { TreeToProve } from './prove-patch.ts';
import { isForVersion } from './series.ts';
import type { TreeFiles } from './tree-files.ts';
import { treeWithout } from './tree-without.ts';

/** The components in a set at hand, whether it is for the tree, and what would be rejected if it were applied now. */
export function setAtHand(
  files: TreeFiles,
  about: TreeToProve,
  stack: PatchStack,
  states: Readonly<Record<PatchComponent, ComponentState>>,
): SetAtHand {
  const { path, branch } = stack;
  const held = stack.patches.flatMap((patch) => componentsHeld(patch, about.touched()));
  const components = PATCH_COMPONENTS.filter((component) => held.includes(component));
  const isFor = branch === null ? null : isForVersion(branch, about.version);
  const isForTree = isFor === true ? branch === about.best : isFor;
  const rejects = isForTree === false ? NOT_FOR_IT : rejectsOf(files, about, stack, states);
  return { path, branch, isForTree, components, rejects };
}

const NOT_FOR_IT = unknown('no-data', 'the set is for another kernel');
const NOTHING_DUE = unknown('no-data', 'no patch of the set is missing as a whole');

/** A forward dry run of its patches of which nothing is in the tree, each on the result of the previous one. */
function rejectsOf(
  files: TreeFiles,
  about: TreeToProve,
  { patches }: PatchStack,
  states: Readonly<Record<PatchComponent, ComponentState>>,
): Fact<readonly MissingPart[]> {
  const due = patches.filter((patch) => {
    const held = componentsHeld(patch, about.touched());
    return held.length > 0 && held.every((component) => states[component].state === 'absent');
  });
  if (due.length === 0) return NOTHING_DUE;
  const tree = treeWithout(files);
  const rejects: MissingPart[] = [];
  for (const diff of due.flatMap(({ diffs }) => diffs)) {
    if (isMadeAlready(tree, diff)) continue;
    // To apply a hunk is to revert its inverse.
    const contrary = turned(diff);
    const run = dryRun(tree, contrary, 'reverse');
    if (!run.known) return run;
    const { path, hunks } = run.value;
    for (const { applies, number, line } of hunks) {
      if (!applies) rejects.push({ file: path, part: `hunk ${number} at line ${line}` });
    }
    tree.takeOut(path, contrary, hunks);
  }
  return known(rejects);
}

/** A merge of the sources leaves the files that the set created. Before it is applied again they are removed. */
function isMadeAlready(tree: TreeFiles, diff: FileDiff): boolean {
  if (diff.before !== 'absent') return false;
  const run = dryRun(tree, diff, 'reverse');
  return run.known && run.value.hunks.every(({ applies }) => applies);
}

function turned(diff: FileDiff): FileDiff {
  const hunks = diff.hunks.map((hunk) => ({ ...hunk, old: hunk.new, new: hunk.old }));
  return { ...diff, before: diff.after, after: diff.before, hunks };
}
