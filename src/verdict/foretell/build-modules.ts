import type { BuildFacts } from '../../model/build.ts';
import { known, unknown } from '../../model/fact.ts';
import type { Effect, Merge } from '../../model/merge.ts';
import type { ModuleFile, ReleaseModules } from '../../model/module.ts';
import { moduleName } from '../../model/module-name.ts';
import type { InstalledPackage } from '../../model/portage.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { Tree } from '../../model/tree.ts';
import { isComplete } from '../kernel/kernel.ts';
import type { Change } from './change.ts';
import { fittedModule } from './fitted-module.ts';
import { siblingsOf, withMerged } from './packages.ts';

/** A merge of out-of-tree modules. It builds for the selected sources, whichever kernel runs (linux-mod-r1.eclass). */
export function buildModules(before: Snapshot, merge: Merge): Change {
  const { cpv } = merge;
  const { selected, trees } = before.sources;
  const tree = selected.state === 'tree' ? trees.find(({ path }) => path === selected.path) : undefined;
  const [sibling] = siblingsOf(before.portage.packages, merge);
  const effect = (certainty: Effect['certainty'], text: string): Effect => ({ cpv, certainty, text });
  if (tree === undefined && !merge.binary)
    return { snapshot: before, effects: [effect('failure', 'fails: no kernel sources are selected')] };
  const build = tree === undefined ? null : completeBuild(tree);
  if (tree !== undefined && build === null && !merge.binary && sibling?.asksForSymvers === true) {
    const text = `fails: ${tree.path} is not compiled, so there is no Module.symvers`;
    return { snapshot: before, effects: [effect('failure', text)] };
  }
  const release = merge.binary || tree === undefined ? null : releaseOf(tree, build);
  if (release === null || sibling === undefined) {
    const text =
      release === null
        ? 'installs modules; for which kernel is not known'
        : `builds modules for ${release}; which ones is not known`;
    return { snapshot: withMerged(before, merge, { modules: [] }), effects: [effect('unknown', text)] };
  }
  const owned = ownedFor(sibling, release, before.takenAt);
  const snapshot = withMerged(before, merge, { modules: owned });
  const names = [...new Set(owned.map(({ path }) => moduleName(path)))];
  const files = owned.map(({ path }) => builtFile(snapshot, path, merge, build));
  const isKnown = files.every(({ info }) => info.known);
  const whether = isKnown ? '' : '; whether that succeeds is not known';
  const text = `builds ${names.join(', ')} for ${release}, the selected sources${whether}`;
  return {
    snapshot: { ...snapshot, modules: withFiles(snapshot.modules, release, files) },
    effects: [effect(isKnown ? 'known' : 'unknown', text)],
  };
}

function completeBuild({ builds }: Tree): BuildFacts | null {
  return builds.find((build) => isComplete(build)) ?? null;
}

function releaseOf(tree: Tree, build: BuildFacts | null): string | null {
  if (build?.identity.release.known) return build.identity.release.value;
  return tree.release.known ? tree.release.value : null;
}

/** The modules that it owned for other kernels, with their paths for this one. */
function ownedFor({ modules }: InstalledPackage, release: string, at: number): InstalledPackage['modules'] {
  const paths = modules.map(({ path }) => path.replace(/^(\/(?:usr\/)?lib\/modules\/)[^/]+/, `$1${release}`));
  return [...new Set(paths)].map((path) => ({ path, md5: '', mtime: at }));
}

/** The file that the build will make: the present one, changed to fit the kernel of the selected sources. */
function builtFile(snapshot: Snapshot, path: string, merge: Merge, build: BuildFacts | null): ModuleFile {
  const name = moduleName(path);
  const all = snapshot.modules.flatMap(({ modules }) => modules);
  const model = all.find((file) => file.path === path) ?? all.find((file) => file.name === name);
  const old = model?.info.known === true ? model.info.value : null;
  const info = old === null || build === null ? null : fittedModule(old, build, all);
  return {
    name,
    path: path.replace(/^\/usr\/lib\//, '/lib/'),
    compression: model?.compression ?? 'none',
    packedCheck: model?.packedCheck ?? null,
    mtime: snapshot.takenAt,
    size: model?.size ?? 0,
    owner: merge.cpv,
    inTree: false,
    indexed: true,
    signature: signatureOf(build),
    defect: null,
    info:
      info === null ? unknown('no-data', `what ${merge.cpv} builds is known once it is merged`) : known(info),
  };
}

function signatureOf(build: BuildFacts | null): ModuleFile['signature'] {
  const enforced = build?.abi.signatureEnforced;
  return enforced?.known === true && !enforced.value
    ? known(null)
    : unknown('no-data', 'whether it is signed is known once it is merged');
}

function withFiles(
  all: readonly ReleaseModules[],
  release: string,
  files: readonly ModuleFile[],
): ReleaseModules[] {
  return all.map((each) => {
    if (each.release !== release) return each;
    const paths = files.map(({ path }) => path);
    const others = each.modules.filter(({ path }) => !paths.includes(path));
    return { ...each, depmod: known('fresh' as const), modules: [...others, ...files] };
  });
}
