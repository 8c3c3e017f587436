import { mapFact } from '../model/fact.ts';
import type { BootFacts } from '../model/image.ts';
import { ALL_PARTS, PARTS, type Part } from '../model/part.ts';
import type { PortageFacts } from '../model/portage.ts';
import { type PartProblem, type ReadProblem, SNAPSHOT_SCHEMA, type Snapshot } from '../model/snapshot.ts';
import { VERSION } from '../version.ts';
import { aufsConfigs } from './aufs-configs.ts';
import { addInitramfsContents } from './boot/initramfs-contents.ts';
import { readContainers } from './containers/read-containers.ts';
import { askFileTypes } from './docker/file-types.ts';
import { readDocker } from './docker/read-docker.ts';
import { readFstab } from './fstab.ts';
import { readBoot } from './images/read-images.ts';
import { readDkms } from './modules/dkms.ts';
import { namesOfInterest } from './modules/read-modules.ts';
import { mountOf, readMounts } from './mounts.ts';
import { readPortage } from './portage/read-portage.ts';
import { type KernelOptions, type KernelsKnown, readKernels } from './read-kernels.ts';
import type { Recorder } from './rests/record.ts';
import type { Root } from './root.ts';

export interface SnapshotOptions extends KernelOptions {
  /** The recorder of this root. It is told which chapter begins. */
  readonly recorder?: Pick<Recorder, 'begin'>;
  /** Paths of the initramfs to read: one can take seconds. Default: all. */
  readonly initramfsInQuestion?: (known: KernelsKnown) => readonly string[];
}

/** Scans the whole machine; with an `earlier` snapshot, only the parts of it that may be out of date. */
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

  // The problems of the parts that are read now. The other parts keep theirs from the earlier snapshot.
  const readNow = new Map<Part, readonly ReadProblem[]>();
  const portage = fresh('portage', before?.portage, () => {
    recorder?.begin('portage');
    const { facts, problems } = readPortage(root);
    readNow.set('portage', problems);
    return facts;
  });
  const found = fresh('boot', before?.boot, () => {
    recorder?.begin('boot');
    return readBoot(root, { fstab, mounts, hashImages, hashes });
  });
  // These are read together: the symbols to look up in a kernel are those that the modules import, and the images in
  // /boot decide which System.map is read.
  const together = ['portage', 'boot', 'modules', 'sources', 'running'] as const;
  const isCurrent = before !== null && !together.some((part) => stale.has(part));
  if (!isCurrent) recorder?.begin('kernels');
  const kernel = isCurrent ? before : readKernels(root, options, portage, found, mounts);
  const dkms = isCurrent ? before.dkms : readDkms(root);
  if (!isCurrent) readNow.set('modules', kernel.problems);
  const boot = isCurrent ? found : await withInitramfs(root, options, found, portage, kernel, before?.boot);
  const docker =
    before === null || stale.has('docker') || stale.has('portage') ? await readDockerPart() : null;
  if (docker !== null) readNow.set('docker', docker.problems);
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
    problems: PARTS.flatMap(
      (part): readonly PartProblem[] =>
        readNow.get(part)?.map((problem) => ({ part, ...problem })) ??
        before?.problems.filter((problem) => problem.part === part) ??
        [],
    ),
  };

  async function readDockerPart() {
    recorder?.begin('docker');
    const mountAt = (path: string) => mapFact(mounts, (all) => mountOf(all, path));
    const { docker, problems } = await readDocker(root, { packages: portage.packages, mountOf: mountAt });
    const containers = await readContainers(root, { mountOf: mountAt }, askFileTypes);
    return { docker, containers: containers.containers, problems: [...problems, ...containers.problems] };
  }
}

/** Reads the initramfs, unless all modules are the kernel's own: then nothing in one matters. */
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
  const isNeeded = modules.some((release) => release.modules.some(({ inTree }) => !inTree));
  const which =
    initramfsInQuestion?.({ running: running.identity, boot, selectedRelease }) ??
    boot.initramfs.map(({ path }) => path);
  return addInitramfsContents(root, boot, isNeeded ? which : [], names, before?.initramfs ?? []);
}

function aufsMounts(fstab: ReturnType<typeof readFstab>): string[] {
  if (!fstab.known) return [];
  return fstab.value.filter(({ type }) => type === 'aufs').map(({ mountPoint }) => mountPoint);
}
