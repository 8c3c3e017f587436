import type { KernelAbi } from '../../model/abi.ts';
import type { BuildFacts, KernelIdentity } from '../../model/build.ts';
import { type Fact, known, unknown, valueOr } from '../../model/fact.ts';
import type { BootImage } from '../../model/image.ts';
import type { ReleaseModules } from '../../model/module.ts';
import { sameKernel } from '../../model/same-kernel.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { UNKNOWN_KERNEL } from '../../model/unknown-kernel.ts';
import { decidingWords } from '../deciding-words.ts';
import type { Evidence } from './evidence.ts';

/** The evidence of the running kernel. `build`: the build that made it, `image`: its image; null: not at hand. */
export function runningEvidence(
  snapshot: Snapshot,
  build: BuildFacts | null,
  image: BootImage | null = null,
): Evidence {
  const { running } = snapshot;
  const state = stateOf(running.abi);
  if (build !== null) return { state, build: build.abi };
  if (isReplaced(snapshot, running.identity)) return { state, running: withoutModules(running) };
  return { state, running: running.abi, ...releaseEvidence(snapshot, running.identity, image) };
}

/** The same kernel as it boots next with this command line: what was set since the last boot is gone then. */
export function restartedEvidence(
  snapshot: Snapshot,
  build: BuildFacts | null,
  image: BootImage,
  commandLine: Fact<string>,
): Evidence {
  const { running, boot } = snapshot;
  const evidence = runningEvidence(snapshot, build, image);
  // A kernel with /proc/modules takes modules. That kernel.modules_disabled was set does not outlive the boot.
  const modules = running.loaded.known ? { modules: known(true) } : {};
  const restarted = { ...evidence, state: { ...evidence.state, ...modules, switchedOff: false } };
  const isByLastCommandLine = givenWords(boot.lastBoot.commandLine).some((word) => enforcer(word) !== null);
  if (!commandLine.known || !isByLastCommandLine) return restarted;
  const ofRunning = evidence.running === undefined ? {} : { running: withoutEnforcement(evidence.running) };
  return { ...restarted, ...ofRunning, state: withoutEnforcement(restarted.state) };
}

/** The evidence of a kernel that no build here made. `image`: its image; null: not known which. */
export function releaseEvidence(
  snapshot: Snapshot,
  identity: KernelIdentity,
  image: BootImage | null,
): Evidence {
  const modules = modulesOf(snapshot, identity);
  if (modules === null || !isOfKernel(snapshot, modules, identity, image)) return {};
  const release = modules.abi;
  const { exports } = release;
  return exports.known && exports.value.kind === 'vmlinux' ? { release, image: release } : { release };
}

/** What a command line adds to a kernel (module_blacklist=, module.sig_enforce, lockdown=). */
export function commandLineEvidence(
  commandLine: Fact<string>,
  { enforcedBy }: KernelAbi,
): Partial<KernelAbi> {
  const words = givenWords(commandLine);
  const list = words.findLast((word) => word.startsWith(BLACKLIST));
  const blacklist = list?.slice(BLACKLIST.length).split(',') ?? [];
  const enforcers = words.map(enforcer);
  // module_sig_check() (kernel/module/signing.c) checks lockdown last.
  if (enforcers.includes('signature') || (enforcers.includes('lockdown') && enforcedBy === 'signature'))
    return { blacklist, signatureEnforced: known(true), enforcedBy: 'signature' };
  if (enforcers.includes('lockdown'))
    return { blacklist, signatureEnforced: known(true), enforcedBy: 'lockdown' };
  return { blacklist };
}

/** /lib/modules/RELEASE of a kernel; null: it does not exist. */
export function modulesOf(snapshot: Snapshot, { release }: KernelIdentity): ReleaseModules | null {
  if (!release.known) return null;
  return snapshot.modules.find((modules) => modules.release === release.value) ?? null;
}

const BLACKLIST = 'module_blacklist=';

/** The deciding words that are on the command line itself. */
function givenWords(commandLine: Fact<string>): string[] {
  return decidingWords(UNKNOWN_KERNEL.abi, commandLine);
}

/** By which mechanism a word makes the kernel refuse unsigned modules; null: it does not. */
function enforcer(word: string): KernelAbi['enforcedBy'] {
  if (/^module\.sig_enforce(?:=[1yY].*)?$/.test(word)) return 'signature';
  return /^lockdown=(?:integrity|confidentiality)$/.test(word) ? 'lockdown' : null;
}

/** Only the running kernel shows what was set by its command line, /proc/sys and the firmware. */
function stateOf({ blacklist, switchedOff, modules, signatureEnforced, enforcedBy }: KernelAbi) {
  return {
    blacklist,
    switchedOff,
    ...(modules.known && !modules.value ? { modules } : {}),
    ...(signatureEnforced.known ? { signatureEnforced, enforcedBy } : {}),
  };
}

function withoutEnforcement({
  signatureEnforced: _enforced,
  enforcedBy: _by,
  ...rest
}: Partial<KernelAbi>): Partial<KernelAbi> {
  return rest;
}

/** Another kernel replaced this one: the modules of its release are of that kernel, and prove nothing here. */
function withoutModules({ abi, config }: Snapshot['running']): KernelAbi {
  if (config.known) return abi;
  const why = unknown('no-data', 'another kernel of that release was installed since');
  return { ...abi, vermagic: why, modversions: why };
}

/**
 * Does /boot hold another kernel of this release, and not this one? Then System.map-RELEASE is of that kernel: `make
 * install` writes both.
 */
function isReplaced({ boot }: Snapshot, identity: KernelIdentity): boolean {
  const { release } = identity;
  if (!boot.images.known || !release.known) return false;
  const answers = boot.images.value
    .filter(({ path }) => !path.endsWith('.old'))
    .filter((image) => image.identity.release.known && image.identity.release.value === release.value)
    .map((image) => sameKernel(image.identity, identity));
  return answers.includes('different') && !answers.includes('same');
}

/**
 * Is what was read for a release evidence of this kernel? An image describes that very kernel alone. If no image could be
 * read, System.map, configuration and modules are there once for all kernels of the release: they belong to the one that was
 * installed last.
 */
function isOfKernel(
  { boot }: Snapshot,
  { release, abiOf }: ReleaseModules,
  identity: KernelIdentity,
  image: BootImage | null,
): boolean {
  if (!boot.images.known || (image !== null && image.path === abiOf)) return true;
  const images = boot.images.value.filter((other) => valueOr(other.identity.release, null) === release);
  const described = images.find(({ path }) => path === abiOf);
  if (described !== undefined) return sameKernel(described.identity, identity) !== 'different';
  return !images.some(
    (other) =>
      image !== null && other.mtime > image.mtime && sameKernel(other.identity, identity) === 'different',
  );
}
