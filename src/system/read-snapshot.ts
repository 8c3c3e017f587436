import type { KernelAbi } from '../model/abi.ts';
import type { KernelIdentity } from '../model/build.ts';
import { mapFact, unknown } from '../model/fact.ts';
import type { BootFacts, BootImage } from '../model/image.ts';
import { ALL_PARTS, PARTS, type Part } from '../model/part.ts';
import type { PortageFacts } from '../model/portage.ts';
import type { Preferences } from '../model/preferences.ts';
import type { RunningFacts } from '../model/running.ts';
import { sameKernel } from '../model/same-kernel.ts';
import { type PartTrouble, SNAPSHOT_SCHEMA, type Snapshot, type Trouble } from '../model/snapshot.ts';
import type { Tree } from '../model/tree.ts';
import { UNKNOWN_KERNEL } from '../model/unknown-kernel.ts';
import { VERSION } from '../version.ts';
import { readReleaseAbi } from './abi/release-abi.ts';
import { aufsConfigs } from './aufs-configs.ts';
import { lookIntoInitramfs } from './boot/look-into-initramfs.ts';
import { readContainers } from './containers/read-containers.ts';
import { askFileTypes } from './docker/file-types.ts';
import { readDocker } from './docker/read-docker.ts';
import { readFstab } from './fstab.ts';
import { configOf } from './images/config-of.ts';
import type { HashMemory } from './images/hash-file.ts';
import { readBoot } from './images/read-images.ts';
import { readDkms } from './modules/dkms.ts';
import { hasModule } from './modules/module-index.ts';
import { namesOfInterest, type ReleaseFiles, readModules } from './modules/read-modules.ts';
import { mountOf, readMounts } from './mounts.ts';
import { readPortage } from './portage/read-portage.ts';
import type { Recorder } from './rests/record.ts';
import type { Root } from './root.ts';
import { readRunning, readRunningIdentity } from './running.ts';
import { readSources } from './sources/read-sources.ts';
import { rememberedImage } from './vmlinux/remembered-image.ts';

export interface SnapshotOptions {
  readonly preferences: Preferences;
  readonly takenAt: number;
  /** Hashing reads every image whole. */
  readonly hashImages: boolean;
  /** The recorder of this root: it is told which part is read. */
  readonly recorder?: Pick<Recorder, 'begin'>;
  /** For one who looks again and again: the images of /boot are hashed, each once. */
  readonly hashes?: HashMemory;
  /**
   * For one who asks about these kernels and the selected sources only: of other trees no more is read than which
   * kernels they made. By default every tree is read whole.
   */
  readonly kernelsInQuestion?: (known: KernelsKnown) => readonly KernelIdentity[];
  /** The same of initramfs, by path: to look into one takes up to seconds. By default into all. */
  readonly initramfsInQuestion?: (known: KernelsKnown) => readonly string[];
}

/** What is known before the trees are read. */
export interface KernelsKnown {
  readonly running: KernelIdentity;
  readonly boot: BootFacts;
  /** Release of the selected sources; null: it is not known. */
  readonly selectedRelease: string | null;
}

/** What Docker's storage drivers need of the kernel's own modules. */
const DOCKER_MODULES = ['overlay', 'btrfs', 'dm_mod', 'dm_thin_pool', 'fuse', 'zfs'];

/** A look at the whole machine, or, with an earlier one, at the parts of it that may be old. */
export async function readSnapshot(
  root: Root,
  options: SnapshotOptions,
  earlier?: { readonly snapshot: Snapshot; readonly parts: ReadonlySet<Part> },
): Promise<Snapshot> {
  const stale = earlier?.parts ?? ALL_PARTS;
  const before = earlier?.snapshot ?? null;
  const fresh = <T>(part: Part, kept: T | undefined, read: () => T): T =>
    kept === undefined || stale.has(part) ? read() : kept;
  const { preferences, takenAt, hashImages, hashes, recorder } = options;
  recorder?.begin('each');
  const mounts = readMounts(root);
  const fstab = readFstab(root);

  // What was not read now stands as it was, with what could not be read of it then.
  const readNow = new Map<Part, readonly Trouble[]>();
  const portage = fresh('portage', before?.portage, () => {
    recorder?.begin('portage');
    const { facts, troubles } = readPortage(root);
    readNow.set('portage', troubles);
    return facts;
  });
  const found = fresh('boot', before?.boot, () => {
    recorder?.begin('boot');
    return readBoot(root, { fstab, mounts, hashImages, hashes });
  });
  // What is asked of each kernel depends on what the modules import, and whose System.map is read on which images
  // there are: these are read together.
  const together = ['portage', 'boot', 'modules', 'sources', 'running'] as const;
  const stands = before !== null && !together.some((part) => stale.has(part));
  const kernel = stands ? before : readKernelParts(root, options, portage, found, mounts);
  const dkms = stands ? before.dkms : readDkms(root);
  if (!stands) readNow.set('modules', kernel.troubles);
  const boot = stands ? found : await withInitramfs(root, options, found, portage, kernel, before?.boot);
  const docker =
    before === null || stale.has('docker') || stale.has('portage') ? await readDockerPart() : null;
  if (docker !== null) readNow.set('docker', docker.troubles);
  recorder?.begin('each');
  return {
    schema: SNAPSHOT_SCHEMA,
    program: VERSION,
    root: root.path,
    takenAt,
    preferences,
    portage,
    boot,
    sources: kernel.sources,
    modules: kernel.modules,
    dkms,
    running: kernel.running,
    docker: docker?.docker ?? before?.docker ?? (await readDockerPart()).docker,
    containers: docker?.containers ?? before?.containers ?? (await readDockerPart()).containers,
    evidence: { fstabAufs: aufsMounts(fstab), aufsConfigs: aufsConfigs(root) },
    troubles: PARTS.flatMap(
      (part): readonly PartTrouble[] =>
        readNow.get(part)?.map((trouble) => ({ part, ...trouble })) ??
        before?.troubles.filter((trouble) => trouble.part === part) ??
        [],
    ),
  };

  async function readDockerPart() {
    recorder?.begin('docker');
    const mountAt = (path: string) => mapFact(mounts, (all) => mountOf(all, path));
    const { docker, troubles } = await readDocker(root, { packages: portage.packages, mountOf: mountAt });
    const containers = await readContainers(root, { mountOf: mountAt }, askFileTypes);
    return { docker, containers: containers.containers, troubles: [...troubles, ...containers.troubles] };
  }
}

/** Where no module out of the tree is, nothing is asked of an initramfs. */
function withInitramfs(
  root: Root,
  { initramfsInQuestion, recorder }: SnapshotOptions,
  boot: BootFacts,
  portage: PortageFacts,
  { modules, running, sources }: Pick<Snapshot, 'sources' | 'modules' | 'running'>,
  before: BootFacts | undefined,
): Promise<BootFacts> {
  recorder?.begin('initramfs');
  const names = namesOfInterest(portage, modules);
  const selected = sources.selected.state === 'tree' ? sources.selected.path : null;
  const tree = sources.trees.find(({ path }) => path === selected);
  const selectedRelease = tree?.release.known ? tree.release.value : null;
  const isAsked = modules.some((release) => release.modules.some(({ inTree }) => !inTree));
  const which =
    initramfsInQuestion?.({ running: running.identity, boot, selectedRelease }) ??
    boot.initramfs.map(({ path }) => path);
  return lookIntoInitramfs(root, boot, isAsked ? which : [], names, before?.initramfs ?? []);
}

function readKernelParts(
  root: Root,
  { preferences, takenAt, hashImages, hashes, kernelsInQuestion, recorder }: SnapshotOptions,
  portage: PortageFacts,
  boot: BootFacts,
  mounts: ReturnType<typeof readMounts>,
): Pick<Snapshot, 'sources' | 'modules' | 'running'> & { readonly troubles: readonly Trouble[] } {
  recorder?.begin('kernels');
  const { releases, troubles } = readModules(root, portage, DOCKER_MODULES);
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
    // System.map is 6 MB: it is read only where no build tells of a kernel of that release.
    const foreign = kernelsWithoutBuild(files.release, boot, running, sources.trees).filter(
      (kernel) =>
        inQuestion === null || inQuestion.some((asked) => sameKernel(asked, kernel) !== 'different'),
    );
    const image = foreign.length > 0 ? imageOf(files.release, boot, sources.trees) : null;
    const told = image === null ? NO_IMAGE : rememberedImage(root, image.path, files.release, hashes);
    const read =
      foreign.length > 0
        ? readReleaseAbi(root, files.release, wanted, told, image?.mtime ?? null)
        : UNKNOWN_KERNEL;
    const providers = [...ofTrees, ...providersOf(read.abi), ...providersOf(running.abi)];
    const available = index.known
      ? [...new Set([...DOCKER_MODULES, ...providers])].filter((name) => hasModule(index.value, name))
      : [];
    return { ...files, available, abiOf: told.known ? told.value.path : null, ...read };
  });
  return { sources, modules, running, troubles };
}

/** Every symbol that a module here imports or exports, and the one that stands for the structures of modules. */
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

/** Names of the kernel's own modules that bring a wanted symbol. */
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

/** The image of that release that was installed last, and none that was kept beside it (`.old`). */
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

function aufsMounts(fstab: ReturnType<typeof readFstab>): string[] {
  if (!fstab.known) return [];
  return fstab.value.filter(({ type }) => type === 'aufs').map(({ mountPoint }) => mountPoint);
}
