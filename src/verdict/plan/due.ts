import type { Tree } from '../../model/tree.ts';
import { type Goal, goalKey, type Wish } from '../goal.ts';
import type { Situation } from '../situation.ts';
import { takesKbuild } from '../user-patches.ts';
import { modulesInstalled } from './modules-installed.ts';
import { type PatchRoute, patchRoute } from './patch-route.ts';
import { type Codes, union } from './step-list.ts';

type GoalOf<Kind extends Goal['is']> = Extract<Goal, { readonly is: Kind }>;

/** A goal with all the findings that need it. */
export interface DueGoal<Kind extends Goal['is']> {
  readonly goal: GoalOf<Kind>;
  readonly codes: Codes;
}

/**
 * What is due on each link of the selected sources, and which findings need it. A change of one link makes the links after it
 * due: new sources must be patched, patched sources compiled, a compiled kernel installed, and an installed kernel booted.
 */
export interface Due {
  readonly route: PatchRoute | null;
  readonly sources: Codes;
  readonly patch: Codes;
  readonly rejects: readonly DueGoal<'rejects-applied'>[];
  readonly settings: readonly DueGoal<'configured'>[];
  readonly compile: Codes;
  readonly ownModules: Codes;
  readonly install: Codes;
  readonly boot: Codes;
  /** Each different goal of a kind, once. */
  all<Kind extends Goal['is']>(kind: Kind): DueGoal<Kind>[];
}

export function dueOf(situation: Situation, requested: readonly Wish[]): Due {
  const { tree } = situation;
  const route = tree === null ? null : patchRoute(situation, tree);
  const wishes = requested.map((wish) => aboutSelected(wish, tree));
  const rejected = codesOf('rejects-applied');
  const brought = union(
    codesOf('sources-merged-again'),
    codesOf('sources-brought'),
    route?.by === 'sources' ? codesOf('patched') : [],
  );
  // A new merge brings the original files: the patch is gone, and with it what was rejected.
  const isRestored = tree?.kind === 'sources' && brought.length > 0;
  const sources = isRestored ? union(brought, rejected) : brought;
  const patchAnew = isRestored && situation.wanted.answer === 'yes' ? sources : [];
  const wishedPatch = codesOf('patched');
  const isAnew = isRestored || wishedPatch.length > 0;
  const patch = route?.by === 'sources' ? [] : union(wishedPatch, patchAnew, isAnew ? rejected : []);
  wishes.push(...settingsOfNewSources(situation, tree, sources));
  const settings = all('configured');
  const compile = union(
    codesOf('compiled'),
    wishedPatch,
    sources,
    rejected,
    ...settings.map(({ codes }) => codes),
  );
  const install = union(codesOf('installed'), compile);
  const isModulesInstalled = compile.length === 0 && modulesInstalled(situation);
  return {
    route,
    sources,
    patch,
    rejects: isAnew ? [] : all('rejects-applied'),
    settings,
    compile,
    ownModules: union(codesOf('own-modules'), isModulesInstalled ? [] : install),
    install,
    boot: union(codesOf('booted'), install),
    all,
  };

  function all<Kind extends Goal['is']>(kind: Kind): DueGoal<Kind>[] {
    const found = new Map<string, DueGoal<Kind>>();
    for (const { goal, code } of wishes) {
      if (!isOfKind(goal, kind)) continue;
      const key = goalKey(goal);
      found.set(key, { goal, codes: union(found.get(key)?.codes ?? [], [code]) });
    }
    return [...found.values()];
  }

  function codesOf(kind: Goal['is']): Codes {
    return union(wishes.filter(({ goal }) => goal.is === kind).map(({ code }) => code));
  }
}

function isOfKind<Kind extends Goal['is']>(goal: Goal, kind: Kind): goal is GoalOf<Kind> {
  return goal.is === kind;
}

/** To merge the package of the selected sources is to merge the sources again, whichever finding needs it. */
function aboutSelected(wish: Wish, tree: Tree | null): Wish {
  const { goal } = wish;
  const isOwner = goal.is === 'package-merged' && tree !== null && goal.package.cpv === tree.owner;
  return isOwner ? { ...wish, goal: { is: 'sources-merged-again' } } : wish;
}

/** Sources that only now receive AUFS itself have no setting for it yet. */
function settingsOfNewSources(situation: Situation, tree: Tree | null, sources: Codes): Wish[] {
  if (tree === null || situation.wanted.answer !== 'yes') return [];
  const { packages } = situation.snapshot.portage;
  const apart = packages.some(({ kinds }) => kinds.includes('aufs'));
  const isSet = !tree.config.known || tree.config.value.options.AUFS_FS !== undefined;
  if (apart || isSet || !takesKbuild(situation, tree)) return [];
  return sources.map((code) => ({ goal: aufsConfigured(tree), code }));
}

/** AUFS as a module of the kernel itself, or built in where its sources allow no module (AUFS_FS is a bool). */
export function aufsConfigured({ aufsSources }: Tree): GoalOf<'configured'> {
  const isBool = aufsSources.known && aufsSources.value?.option === 'bool';
  const value = isBool ? 'y' : 'm';
  const why = isBool
    ? 'builds AUFS into the kernel: its sources allow no module'
    : 'configures AUFS as a module';
  return { is: 'configured', option: 'AUFS_FS', value, why };
}
