import type { BuildFacts } from '../model/build.ts';
import { type Fact, unknown } from '../model/fact.ts';
import type { Memory } from '../model/memory.ts';
import { sameKernel } from '../model/same-kernel.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Tree } from '../model/tree.ts';
import type { NextBoot, Wanted } from '../model/verdict.ts';
import { decidingWords } from './deciding-words.ts';
import { isComplete, type Kernel, type UnseenKernel } from './kernel/kernel.ts';
import { builtKernel, imageKernel, runningKernel } from './kernel/put-together.ts';
import { namesApart } from './names-apart.ts';
import { nextBoot } from './next-boot.ts';
import { rehearsalsOf } from './rehearsed.ts';
import { decideWanted } from './wanted.ts';

/** A Snapshot with the links found in it: the input of every rule. */
export interface Situation {
  readonly snapshot: Snapshot;
  readonly memory: Memory;
  readonly wanted: Wanted;
  readonly nextBoot: NextBoot;
  /** The selected tree; null where /usr/src/linux selects none. */
  readonly tree: Tree | null;
  /** The selected tree's newest build; null: it was never built. */
  readonly build: BuildFacts | null;
  readonly running: Kernel;
  /** null where it is not known which image boots next. */
  readonly next: Kernel | null;
  /** The kernel that the selected tree's build made; null: no build is complete. */
  readonly built: Kernel | null;
}

/** Puts the five links of a machine together, from what was read of it and what is remembered. */
export function assess(snapshot: Snapshot, memory: Memory): Situation {
  const tree = selectedTree(snapshot);
  const build = tree === null ? null : newestBuild(tree);
  const release = tree?.release.known ? tree.release.value : null;
  const next = nextBoot({
    boot: snapshot.boot,
    configured: snapshot.preferences.nextBootImage,
    selectedRelease: release,
    running: snapshot.running.identity,
  });
  const { lastBoot } = snapshot.boot;
  return withNamesApart({
    snapshot,
    memory,
    wanted: decideWanted(snapshot),
    nextBoot: next,
    tree,
    build,
    running: {
      ...withRehearsals(runningKernel(snapshot), memory, lastBoot.commandLine),
      loaded: snapshot.running.modules,
    },
    next: next.kind === 'unknown' ? null : kernelOfImage({ snapshot, memory, nextBoot: next }, next.image),
    built:
      tree !== null && build !== null && isComplete(build)
        ? withRehearsals(builtKernel(snapshot, tree, build), memory)
        : null,
  });
}

function withNamesApart(situation: Situation): Situation {
  const { running, next, built } = situation;
  const kernels = [running, next, built].filter((kernel) => kernel !== null);
  const names = namesApart(kernels);
  const named = <K extends Kernel | null>(kernel: K): K => {
    const name = kernel === null ? undefined : names[kernels.indexOf(kernel)];
    return kernel === null || name === undefined ? kernel : { ...kernel, name };
  };
  return { ...situation, running: named(running), next: named(next), built: named(built) };
}

/** The kernel of an image, as it boots; null: there is no image at that path. */
export function kernelOfImage(
  { snapshot, memory, nextBoot }: Pick<Situation, 'snapshot' | 'memory' | 'nextBoot'>,
  path: string,
): Kernel | null {
  const isNext = nextBoot.kind !== 'unknown' && nextBoot.image === path;
  const commandLine = isNext ? nextBoot.commandLine : NO_COMMAND_LINE;
  const kernel = imageKernel(snapshot, path, commandLine);
  return kernel === null ? null : withLoaded(snapshot, withRehearsals(kernel, memory, commandLine));
}

/** Modules that are loaded now are evidence for the same kernel when it starts with the same words. */
function withLoaded(snapshot: Snapshot, kernel: Kernel): Kernel {
  const { running, boot } = snapshot;
  if (sameKernel(kernel.identity, running.identity) !== 'same') return kernel;
  const words = decidingWords(running.abi, boot.lastBoot.commandLine);
  return kernel.words.join(' ') === words.join(' ') ? { ...kernel, loaded: running.modules } : kernel;
}

const NO_COMMAND_LINE = unknown('no-data', 'nothing says with which command line it would boot');

function withRehearsals(
  kernel: UnseenKernel,
  { rehearsals }: Memory,
  commandLine: Fact<string> = NO_COMMAND_LINE,
): Kernel {
  const words = decidingWords(kernel.abi, commandLine);
  return { ...kernel, words, rehearsed: rehearsalsOf(kernel, rehearsals, words), loaded: [] };
}

/** Every kernel that modules can be checked against, each once: running, next boot, and those compiled here. */
export function allKernels({ snapshot, memory, running, next }: Situation): Kernel[] {
  const compiled = snapshot.sources.trees.flatMap((tree) =>
    tree.builds.filter(isComplete).map((build) => withRehearsals(builtKernel(snapshot, tree, build), memory)),
  );
  const candidates = [running, ...(next === null ? [] : [next]), ...compiled];
  return candidates.filter(
    (kernel, index) =>
      !candidates.slice(0, index).some((before) => sameKernel(before.identity, kernel.identity) === 'same'),
  );
}

function selectedTree(snapshot: Snapshot): Tree | null {
  const { selected, trees } = snapshot.sources;
  return selected.state === 'tree' ? (trees.find((tree) => tree.path === selected.path) ?? null) : null;
}

function newestBuild(tree: Tree): BuildFacts | null {
  const started = tree.builds.filter((build) => build.state.known && build.state.value !== 'never');
  return started.toSorted((a, b) => builtAt(b) - builtAt(a))[0] ?? null;
}

function builtAt(build: BuildFacts): number {
  return build.builtAt.known ? build.builtAt.value : 0;
}
