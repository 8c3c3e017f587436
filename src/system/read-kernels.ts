import type { KernelAbi } from '../model/abi.ts';
import type { KernelIdentity } from '../model/build.ts';
import { type Fact, unknown } from '../model/fact.ts';
import type { BootFacts, BootImage } from '../model/image.ts';
import type { PortageFacts } from '../model/portage.ts';
import type { Preferences } from '../model/preferences.ts';
import type { RunningFacts } from '../model/running.ts';
import { sameKernel } from '../model/same-kernel.ts';
import type { ReadProblem, Snapshot } from '../model/snapshot.ts';
import type { Tree } from '../model/tree.ts';
import { UNKNOWN_KERNEL } from '../model/unknown-kernel.ts';
import { readReleaseAbi } from './abi/release-abi.ts';
import { configOf } from './images/config-of.ts';
import type { HashMemory } from './images/hash-file.ts';
import { hasModule } from './modules/module-index.ts';
import { namesOfInterest, type ReleaseFiles, readModules } from './modules/read-modules.ts';
import type { Mount } from './mounts.ts';
import type { Root } from './root.ts';
import { readRunning, readRunningIdentity } from './running/read-running.ts';
import { readSources } from './sources/read-sources.ts';
import { rememberedImage } from './vmlinux/remembered-image.ts';

export interface KernelOptions {
  readonly preferences: Preferences;
  /** When the scan began, ms. */
  readonly takenAt: number;
  /** Hashing reads each image whole. */
  readonly hashImages: boolean;
  /** Hashes of earlier scans: so each image in /boot is hashed once. */
  readonly hashes?: HashMemory;
  /**
   * The kernels that matter beside the selected sources. Of other trees only the kernels that they made are read.
   * Default: every tree is read whole.
   */
  readonly kernelsInQuestion?: (known: KernelsKnown) => readonly KernelIdentity[];
}

/** The facts that are known before the trees are read. */
export interface KernelsKnown {
  readonly running: KernelIdentity;
  readonly boot: BootFacts;
  /** Release of the selected sources; null: unknown. */
  readonly selectedRelease: string | null;
}

/** The kernel's own modules that Docker's storage drivers need. */
const DOCKER_MODULES = ['overlay', 'btrfs', 'dm_mod', 'dm_thin_pool', 'fuse', 'zfs'];

/** Reads the modules, the sources with their builds, and the running kernel. */
export function readKernels(
  root: Root,
  { preferences, takenAt, hashImages, hashes, kernelsInQuestion }: KernelOptions,
  portage: PortageFacts,
  boot: BootFacts,
  mounts: Fact<readonly Mount[]>,
): Pick<Snapshot, 'sources' | 'modules' | 'running'> & { readonly problems: readonly ReadProblem[] } {
  const { releases, problems } = readModules(root, portage, DOCKER_MODULES);
  const wanted = wantedSymbols(releases);
  const identity = readRunningIdentity(root);
  const sources = readSources(root, {
    preferences,
    portage,
    releases: releases.map(({ release, build, source }) => ({ release, build, source })),
    wanted,
    hashImages,
    configOf: (other) => configOf(root, other, identity, boot),
    now: takenAt,
    ...(kernelsInQuestion === undefined
      ? {}
      : {
          kernelsInQuestion: (selectedRelease) =>
            kernelsInQuestion({ running: identity, boot, selectedRelease }),
        }),
  });
  const running = readRunning(root, {
    identity,
    mounts,
    modules: namesOfInterest(portage, releases),
    wanted,
    needsSymbols: (identity) => !isBuiltHere(identity, sources.trees),
  });
  const ofTrees = sources.trees.flatMap(({ builds }) => builds.flatMap(({ abi }) => providersOf(abi)));
  const selected = sources.trees.find(
    ({ path }) => sources.selected.state === 'tree' && path === sources.selected.path,
  );
  const inQuestion =
    kernelsInQuestion?.({
      running: identity,
      boot,
      selectedRelease: selected?.release.known === true ? selected.release.value : null,
    }) ?? null;
  const modules = releases.map(({ index, ...files }) => {
    // System.map has 6 MB. It is read only for a release with a kernel that no build here made.
    const foreign = kernelsWithoutBuild(files.release, boot, running, sources.trees).filter(
      (kernel) =>
        inQuestion === null || inQuestion.some((other) => sameKernel(other, kernel) !== 'different'),
    );
    const image = foreign.length > 0 ? imageOf(files.release, boot, sources.trees) : null;
    const ofImage = image === null ? NO_IMAGE : rememberedImage(root, image.path, files.release, hashes);
    const read =
      foreign.length > 0
        ? readReleaseAbi(root, files.release, wanted, ofImage, image?.mtime ?? null)
        : UNKNOWN_KERNEL;
    const providers = [...ofTrees, ...providersOf(read.abi), ...providersOf(running.abi)];
    const available = index.known
      ? [...new Set([...DOCKER_MODULES, ...providers])].filter((name) => hasModule(index.value, name))
      : [];
    return { ...files, available, abiOf: ofImage.known ? ofImage.value.path : null, ...read };
  });
  return { sources, modules, running, problems };
}

/** Every symbol that a module here imports or exports, and module_layout, whose CRC covers the structures of modules. */
function wantedSymbols(releases: readonly ReleaseFiles[]): Set<string> {
  const wanted = new Set(['module_layout']);
  for (const { modules, between } of releases) {
    for (const { info } of [...modules, ...between]) {
      if (!info.known) continue;
      for (const { name } of [...info.value.imports, ...info.value.exports]) wanted.add(name);
    }
  }
  return wanted;
}

/** Names of the kernel's own modules that export a wanted symbol. */
function providersOf({ exports }: KernelAbi): string[] {
  if (!exports.known) return [];
  const from = new Set(Object.values(exports.value.symbols).map((symbol) => symbol.from));
  return [...from]
    .filter((path) => path !== 'vmlinux' && path !== '')
    .map((path) => path.slice(path.lastIndexOf('/') + 1).replaceAll('-', '_'));
}

/** Kernels of that release, running or in /boot, that none of the builds made. */
function kernelsWithoutBuild(
  release: string,
  boot: BootFacts,
  running: RunningFacts,
  trees: readonly Tree[],
): KernelIdentity[] {
  const images = boot.images.known ? boot.images.value.map((image) => image.identity) : [];
  return [running.identity, ...images]
    .filter((identity) => identity.release.known && identity.release.value === release)
    .filter((identity) => !isBuiltHere(identity, trees));
}

const NO_IMAGE = unknown('no-data', 'no image of it is at hand');

/** The newest image of that release, except a backup (`.old`). */
function imageOf(release: string, boot: BootFacts, trees: readonly Tree[]): BootImage | null {
  const images = boot.images.known ? boot.images.value : [];
  const candidates = images.filter(
    ({ path, identity }) =>
      !path.endsWith('.old') &&
      identity.release.known &&
      identity.release.value === release &&
      !isBuiltHere(identity, trees),
  );
  return candidates.toSorted((a, b) => b.mtime - a.mtime)[0] ?? null;
}

function isBuiltHere(identity: KernelIdentity, trees: readonly Tree[]): boolean {
  return trees.some((tree) => tree.builds.some((build) => sameKernel(build.identity, identity) === 'same'));
}
