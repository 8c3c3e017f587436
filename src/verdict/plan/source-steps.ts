import type { PlanStep } from '../../model/finding.ts';
import { patchOverall } from '../../model/patch-overall.ts';
import type { InstalledPackage } from '../../model/portage.ts';
import type { Command } from '../../model/step.ts';
import type { Tree } from '../../model/tree.ts';
import { compiledBefore } from '../compiled-before.ts';
import { atom, emergeAgain } from '../emerge.ts';
import { ALL_JOBS, make } from '../make.ts';
import { selectCommand } from '../select-command.ts';
import type { Situation } from '../situation.ts';
import { listed } from '../words.ts';
import { configureDistribution, giveSetToDistribution } from './distribution.ts';
import type { Due, DueGoal } from './due.ts';
import { setForModule, undoingPackage } from './patch-route.ts';
import { hand, run, union } from './step-list.ts';

/** From the present state to sources that are selected, patched and configured. */
export function sourceSteps(situation: Situation, due: Due): PlanStep[] {
  const { tree } = situation;
  const selected = due.all('selected').flatMap(select);
  if (tree === null) return selected;
  return [
    ...selected,
    ...mergeSources(situation, tree, due),
    ...prepare(situation, tree, due),
    ...applyRejects(tree, due),
    ...patch(situation, tree, due),
    ...writeConfig(situation, tree, due),
    ...due.settings.flatMap((setting) => configure(situation, tree, setting)),
  ];
}

function select({ goal: { link, tree, why }, codes }: DueGoal<'selected'>): PlanStep[] {
  if (tree !== null) return run('sources', codes, why, selectCommand(link, tree));
  return [
    ...run('sources', codes, 'shows the sources to choose from', { words: ['eselect', 'kernel', 'list'] }),
    ...hand('sources', codes, 'select one: eselect kernel set NUMBER'),
  ];
}

/**
 * Portage installs the original files again, with the user's patches (eapply_user, portage(5)). Patches that anything else had
 * applied must be applied again.
 */
function mergeSources(situation: Situation, tree: Tree, { sources, route }: Due): PlanStep[] {
  if (tree.kind === 'distribution') return [];
  const { portage } = situation.snapshot;
  const owner =
    route?.by === 'sources' ? route.package : portage.packages.find(({ cpv }) => cpv === tree.owner);
  if (owner === undefined) return [];
  const why = 'merges the sources again, with the patches for them';
  return run('sources', sources, why, emergeAgain(portage, atom(owner)));
}

/**
 * linux-mod_pkg_setup runs before the package patches, and fails for sources without a configuration and without the headers that
 * are made from it (linux-info.eclass: require_configured_kernel, check_kernel_built). `make clean` leaves both, but removes
 * Module.symvers, which linux-mod-r1_pkg_setup requires.
 */
function prepare(situation: Situation, tree: Tree, { patch: due, route }: Due): PlanStep[] {
  if (route?.by !== 'module-package' || situation.build !== null) return [];
  const { asksForSymvers } = route.package;
  if (compiledBefore(situation, tree) === 'cleaned' && !asksForSymvers) return [];
  const target = asksForSymvers ? ALL_JOBS : 'modules_prepare';
  const why = 'makes the files that the patching package requires in sources that are not compiled';
  return [
    ...(isWithoutConfig(tree) ? run('prepare', due, FIRST_CONFIG, make(tree, null, 'menuconfig')) : []),
    ...run('prepare', due, why, make(tree, null, target)),
  ];
}

const FIRST_CONFIG = 'configures the kernel: there is no .config yet';

function isWithoutConfig({ config }: Tree): boolean {
  return !config.known && config.code === 'missing';
}

function applyRejects(tree: Tree, due: Due): PlanStep[] {
  return due.rejects.flatMap(({ goal: { rejects }, codes }) => {
    const paths = listed(rejects.map((reject) => `${tree.path}/${reject}`));
    const why = `apply what was rejected (${paths}), then delete ${rejects.length === 1 ? 'that file' : 'those files'}`;
    return hand('patch', codes, why);
  });
}

function patch(situation: Situation, tree: Tree, { patch: due, route }: Due): PlanStep[] {
  switch (route?.by) {
    case 'module-package': {
      const undoing = undoingPackage(situation, tree);
      if (undoing !== null) return hand('patch', due, mendFurther(tree, undoing));
      return run('patch', due, ...runSetup(situation, tree, route.package));
    }
    case 'directory': {
      const what = `apply the patches in ${route.directory} to ${tree.path} with patch -p1`;
      return hand('patch', due, `${what}${foretold(tree)}`);
    }
    case 'nothing':
      return hand('patch', due, `apply the aufs-standalone patches for this kernel series to ${tree.path}`);
    case 'distribution-by-hand':
      return hand('patch', due, giveSetToDistribution(situation, tree));
    case 'sources':
    case 'distribution':
    case undefined:
      return [];
  }
}

/**
 * Only the setup phase, which patches. A whole merge would go on to build the module against the present Module.symvers, and fail
 * in modpost because of symbols that this kernel does not export (seen with Linux 6.1), unless that kernel was patched.
 */
function runSetup(situation: Situation, tree: Tree, installed: InstalledPackage): [why: string, Command] {
  const why = `patches the sources in its setup phase${foretold(tree)}`;
  const { ebuild } = installed;
  const exported = situation.build?.carries.standalone;
  if (exported?.known === true && exported.value) return [why, merge(situation, installed)];
  if (ebuild !== null) return [why, { words: ['ebuild', ebuild, 'clean', 'setup'] }];
  const then = 'if it fails later, while it builds the module, go on with the next step';
  return [`${why}; ${then}`, merge(situation, installed)];
}

/** What the set on this machine would leave rejected, as a clause; '' where it fits, or was not tried. */
function foretold(tree: Tree): string {
  const rejects = setForModule(tree)?.rejects;
  if (rejects?.known !== true || rejects.value.length === 0) return '';
  const files = [...new Set(rejects.value.map(({ file }) => file))];
  const count = rejects.value.length;
  return `; ${count === 1 ? 'one hunk' : `${count} hunks`} of ${listed(files)} will not apply: apply ${count === 1 ? 'it' : 'them'} by hand afterwards`;
}

/** Part of the set was applied by hand, and part of it is missing. */
function mendFurther(tree: Tree, { category, name }: InstalledPackage): string {
  const { absent, missing } = patchOverall(tree);
  const files = [...new Set(missing.map(({ file }) => file))];
  const what = [...absent.map((component) => `the ${component} patch`), ...files];
  return `apply what is missing in ${tree.path} (${listed(what)}): merging ${category}/${name} would remove what was applied by hand`;
}

function merge({ snapshot }: Situation, installed: InstalledPackage) {
  return emergeAgain(snapshot.portage, atom(installed));
}

/** Configures sources that have no .config: after they are patched, unless the patching package needs it before. */
function writeConfig(situation: Situation, tree: Tree, due: Due): PlanStep[] {
  if (tree.kind === 'distribution' || !isWithoutConfig(tree)) return [];
  const isPrepared = due.route?.by === 'module-package' && due.patch.length > 0 && situation.build === null;
  return isPrepared ? [] : run('config', due.compile, FIRST_CONFIG, make(tree, null, 'menuconfig'));
}

const SET_BY: Readonly<Record<DueGoal<'configured'>['goal']['value'], string>> = {
  y: '--enable',
  m: '--module',
  n: '--disable',
};

/** Options that depend on a new one have no value yet; without olddefconfig make would stop and ask for each. */
function configure(
  { build }: Situation,
  tree: Tree,
  { goal: { option, value, why }, codes }: DueGoal<'configured'>,
): PlanStep[] {
  if (tree.kind === 'distribution') return configureDistribution(option, value, why, codes);
  const script = `${tree.path}/scripts/config`;
  const file = `${build !== null && build.directory !== tree.path ? build.directory : tree.path}/.config`;
  const set = { words: [script, '--file', file, SET_BY[value], option] };
  return run('config', union(codes), why, set, make(tree, build, 'olddefconfig'));
}
