import type { BuildFacts, KernelIdentity } from '../../model/build.ts';
import { type Fact, known, mapFact, unknown } from '../../model/fact.ts';
import type { OwnModules, ReleaseModules } from '../../model/module.ts';
import { sameKernel } from '../../model/same-kernel.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { Tree } from '../../model/tree.ts';
import { type Carries, UNKNOWN_KERNEL } from '../../model/unknown-kernel.ts';
import { abiOf, type Evidence } from './evidence.ts';
import {
  commandLineEvidence,
  modulesOf,
  releaseEvidence,
  restartedEvidence,
  runningEvidence,
} from './find-evidence.ts';
import { kernelName, type UnseenKernel } from './kernel.ts';

/** The kernel that a build made. */
export function builtKernel(snapshot: Snapshot, tree: Tree, build: BuildFacts): UnseenKernel {
  const carries = build.carries;
  return kernelBy(snapshot, build.identity, { build: build.abi }, { role: 'built', build, tree, carries });
}

/** The kernel that runs. */
export function runningKernel(snapshot: Snapshot): UnseenKernel {
  const { identity, carries } = snapshot.running;
  const made = buildOf(snapshot, identity);
  const evidence = runningEvidence(snapshot, made.build);
  return kernelBy(snapshot, identity, evidence, { role: 'running', carries, ...made });
}

/** The kernel of an image, as it boots with this command line; null: there is no image at that path. */
export function imageKernel(
  snapshot: Snapshot,
  path: string,
  commandLine: Fact<string>,
): UnseenKernel | null {
  const images = snapshot.boot.images;
  const image = images.known ? images.value.find((candidate) => candidate.path === path) : undefined;
  if (image === undefined) return null;
  const { identity } = image;
  const { running } = snapshot;
  const withCommandLine = (evidence: Evidence): Evidence =>
    commandLine.known
      ? { ...evidence, commandLine: commandLineEvidence(commandLine, abiOf(evidence)) }
      : evidence;
  if (sameKernel(identity, running.identity) === 'same') {
    const made = buildOf(snapshot, running.identity);
    const evidence = withCommandLine(restartedEvidence(snapshot, made.build, image, commandLine));
    const origin = { role: 'next', carries: running.carries, ...made } as const;
    const kernel = kernelBy(snapshot, running.identity, evidence, origin);
    return { ...kernel, identity, name: kernelName(identity), image, modules: modulesOf(snapshot, identity) };
  }
  const made = buildOf(snapshot, identity);
  const evidence =
    made.build === null ? releaseEvidence(snapshot, identity, image) : { build: made.build.abi };
  const carries = modulesOf(snapshot, identity)?.carries ?? UNKNOWN_KERNEL.carries;
  const origin = { role: 'next', carries, ...made } as const;
  return { ...kernelBy(snapshot, identity, withCommandLine(evidence), origin), image };
}

interface Made {
  readonly build: BuildFacts | null;
  readonly tree: Tree | null;
}

interface Origin extends Made {
  readonly role: UnseenKernel['role'];
  readonly carries: Carries;
}

function kernelBy(
  snapshot: Snapshot,
  identity: KernelIdentity,
  evidence: Evidence,
  origin: Origin,
): UnseenKernel {
  const { build } = origin;
  const modules = modulesOf(snapshot, identity);
  const abi = abiOf(evidence);
  return {
    ...origin,
    identity,
    name: kernelName(identity),
    abi,
    image: null,
    modules,
    aufsBuiltin: builtinAufs(build, modules),
    ownModules: build?.ownModules ?? ownModules(abi.modular, modules),
  };
}

/** The build on this machine that made this kernel, with its tree, and what the kernel carries by that. */
function buildOf(snapshot: Snapshot, identity: KernelIdentity): Made & { readonly carries?: Carries } {
  for (const tree of snapshot.sources.trees) {
    for (const build of tree.builds) {
      if (sameKernel(build.identity, identity) === 'same') return { build, tree, carries: build.carries };
    }
  }
  return { build: null, tree: null };
}

/** Of a kernel that was compiled elsewhere: one sees whether there are any, and not of which compilation they are. */
function ownModules(modular: Fact<boolean>, modules: ReleaseModules | null): Fact<OwnModules> {
  if (modular.known && !modular.value) return known('no-need');
  const there = modules === null ? known(false) : modules.hasOwn;
  if (!there.known) return there;
  if (there.value)
    return unknown('no-data', `nothing shows of which compilation the modules in ${modules?.directory} are`);
  return mapFact(modular, () => 'none' as const);
}

function builtinAufs(build: BuildFacts | null, modules: ReleaseModules | null): Fact<boolean> {
  if (build?.builtConfig.known) return known(build.builtConfig.value.options.AUFS_FS === 'y');
  return (
    modules?.aufsBuiltin ?? unknown('no-data', 'no modules.builtin and no configuration for that kernel')
  );
}
