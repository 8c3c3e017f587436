import type { PlanStep } from '../../model/finding.ts';
import { moduleName } from '../../model/module-name.ts';
import type { InstalledPackage } from '../../model/portage.ts';
import type { Tree } from '../../model/tree.ts';
import { atom, emergeAgain } from '../emerge.ts';
import { loadAnswer } from '../load-answer.ts';
import { packageOf } from '../maker.ts';
import { selectCommand } from '../select-command.ts';
import type { Situation } from '../situation.ts';
import { treeOfRelease } from '../tree-of-release.ts';
import { holdsAufs } from '../user-patches.ts';
import { listed } from '../words.ts';
import type { Due, DueGoal } from './due.ts';
import { buildAufsOn, dkmsSteps, dkmsStepsFor, stepsByHand } from './modules-of-others.ts';
import { undoingPackage } from './patch-route.ts';
import { type Codes, hand, run, union } from './step-list.ts';

/** Does the package build modules for one kernel, so that it must be built again for the next? */
export function buildsModules({ kinds }: InstalledPackage): boolean {
  return kinds.includes('module') || kinds.includes('aufs');
}

/**
 * Builds out-of-tree modules, each for the kernel that needs it. A merge builds for the selected sources only
 * (linux-info.eclass, linux-mod-r1.eclass): for another kernel its sources are selected first, and the previous ones again
 * afterwards. Where the selected sources get a new kernel, modules are built for that kernel only.
 */
export function moduleSteps(situation: Situation, due: Due): PlanStep[] {
  const goals = due.all('module-built');
  const own = releaseOf(situation);
  if (due.install.length > 0) {
    const codes = union(due.install, ...goals.map((goal) => goal.codes), indexing(due, own));
    const built = modulesOfNewKernel(situation, due, codes);
    return [...built, ...index(due, due.ownModules.length > 0 || built.length > 0 ? [own] : [])];
  }
  const releases = [...new Set(goals.map(({ goal }) => goal.release ?? own))];
  const steps = releases.flatMap((release) => {
    const all = goals.filter(({ goal }) => (goal.release ?? own) === release);
    const ofRelease = all.filter(({ goal }) => goal.maker.by !== 'dkms');
    // DKMS uses /lib/modules/RELEASE/build, whichever sources are selected.
    const ofDkms = dkmsSteps(situation, all, release, indexing(due, release));
    if (ofRelease.length === 0) return ofDkms;
    const others =
      release === own || release === null
        ? buildFor(situation, situation.tree, ofRelease, indexing(due, release))
        : buildForOther(situation, release, ofRelease, indexing(due, release));
    return [...others, ...ofDkms];
  });
  const covered = due.ownModules.length > 0 ? [...releases, own] : releases;
  return [...steps, ...index(due, covered)];
}

/** The findings that need depmod for a release. Every step that installs modules runs it. */
export function indexing(due: Due, release: string | null): Codes {
  const wanted = due.all('indexed').filter(({ goal }) => goal.release === release);
  return union(...wanted.map(({ codes }) => codes));
}

function releaseOf({ tree }: Situation): string | null {
  return tree?.release.known ? tree.release.value : null;
}

/** All of them: a new kernel loads none of the modules that were built for the previous one. */
function modulesOfNewKernel(situation: Situation, due: Due, codes: Codes): PlanStep[] {
  const { portage } = situation.snapshot;
  const owners = portage.packages
    .filter(buildsModules)
    .filter((owner) => due.compile.length > 0 || !fitsBuilt(situation, owner));
  const rejecting = due.rejects.length > 0 && due.route?.by === 'module-package' ? due.route.package : null;
  const undoing = rejecting ?? undoingPackage(situation, due.sources.length > 0 ? null : situation.tree);
  const merged = owners.filter(({ cpv }) => cpv !== undoing?.cpv);
  const isAll = merged.length === owners.length && owners.length > 1;
  const names = isAll ? ['@module-rebuild'] : merged.map(atom);
  const why = 'builds the out-of-tree modules for that kernel';
  return [
    ...(merged.length === 0 ? [] : run('modules', codes, why, emergeAgain(portage, ...names))),
    ...(undoing === null ? [] : hand('modules', codes, buildWithoutMerging(situation.tree, undoing))),
    ...dkmsStepsFor(situation, releaseOf(situation), codes),
    ...stepsByHand(otherGoals(due), situation.tree),
    ...aufsByHand(situation, codes),
  ];
}

/** aufsByHand() has the step for aufs, whether a finding needs it or not. */
function otherGoals(due: Due): DueGoal<'module-built'>[] {
  return due.all('module-built').filter(({ goal }) => !goal.modules.includes('aufs'));
}

/** Its setup removes the patch where it does not find it whole, and with it what was applied by hand. */
function buildWithoutMerging(tree: Tree | null, owner: InstalledPackage): string {
  const name = `${owner.category}/${owner.name}`;
  return `build the aufs module of ${name} by hand against ${tree?.path ?? 'the kernel'} and install it: merging ${name} would remove from the sources what was applied by hand`;
}

/** Does the kernel that is already compiled load all modules of the package as they are? */
function fitsBuilt({ built }: Situation, { modules }: InstalledPackage): boolean {
  if (built === null || modules.length === 0) return false;
  return modules.every(({ path }) => {
    const answer = loadAnswer(built, moduleName(path));
    return answer.is === 'yes' && !answer.missing;
  });
}

/** Where AUFS is wanted, and neither a package nor the kernel itself builds it, now or once it is configured. */
function aufsByHand(situation: Situation, codes: Codes): PlanStep[] {
  const { tree, wanted, snapshot } = situation;
  if (wanted.answer === 'no') return [];
  const configured = tree?.config.known === true && tree.config.value.options.AUFS_FS !== undefined;
  const inTree = configured || (tree !== null && holdsAufs(situation, tree));
  if (inTree || snapshot.portage.packages.some(({ kinds }) => kinds.includes('aufs'))) return [];
  return hand('modules', codes, buildAufsOn(tree));
}

function buildFor(
  situation: Situation,
  tree: Tree | null,
  goals: readonly DueGoal<'module-built'>[],
  also: Codes,
): PlanStep[] {
  const undoing = undoingPackage(situation, tree);
  const { portage } = situation.snapshot;
  const owners = goals.flatMap(({ goal }) => packageOf(goal.maker) ?? []);
  const distinct = [...new Map(owners.map((owner) => [owner.cpv, owner])).values()];
  const steps = distinct.flatMap((owner) => {
    const own = goals.filter(({ goal }) => packageOf(goal.maker)?.cpv === owner.cpv);
    const names = [...new Set(own.flatMap(({ goal }) => goal.modules))];
    const codes = union(...own.map((goal) => goal.codes), also);
    if (owner.cpv === undoing?.cpv) return hand('modules', codes, buildWithoutMerging(tree, owner));
    return run('modules', codes, `builds ${listed(names)} again`, emergeAgain(portage, atom(owner)));
  });
  return [...steps, ...stepsByHand(goals, tree)];
}

function buildForOther(
  situation: Situation,
  release: string,
  goals: readonly DueGoal<'module-built'>[],
  also: Codes,
): PlanStep[] {
  const { selected } = situation.snapshot.sources;
  const codes = union(...goals.map((goal) => goal.codes), also);
  const tree = treeOfRelease(situation.snapshot, release);
  if (tree === null) {
    const what = `install the sources of ${release} again and compile them, or boot a kernel whose sources are here: modules are built against the sources of their kernel`;
    return hand('modules', codes, what);
  }
  const why = `Portage builds modules for the selected sources, and ${release} is another kernel`;
  const back =
    selected.state === 'tree'
      ? run(
          'modules',
          codes,
          'selects the previous sources again',
          selectCommand(selected.link, selected.path),
        )
      : [];
  return [
    ...run('modules', codes, why, selectCommand(selected.link, tree.path)),
    ...buildFor(situation, tree, goals, also),
    ...back,
  ];
}

/** depmod, for releases for which no other step runs it. */
function index(due: Due, covered: readonly (string | null)[]): PlanStep[] {
  return due
    .all('indexed')
    .filter(({ goal }) => !covered.includes(goal.release))
    .flatMap(({ goal: { release }, codes }) =>
      run('modules', codes, 'writes the index that modprobe reads', { words: ['depmod', '-a', release] }),
    );
}
