import type { KernelAbi } from '../model/abi.ts';
import type { BuildFacts, KernelIdentity } from '../model/build.ts';
import { type Fact, known, mapFact, orElse, unknown, valueOr } from '../model/fact.ts';
import type { BootImage } from '../model/image.ts';
import type { Memory } from '../model/memory.ts';
import type { ModuleFile, OwnModules, ReleaseModules } from '../model/module.ts';
import type { PatchComponent } from '../model/patch-component.ts';
import type { Rehearsed } from '../model/rehearsal.ts';
import type { LoadedModule } from '../model/running.ts';
import { sameKernel } from '../model/same-kernel.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Tree } from '../model/tree.ts';
import { UNKNOWN_KERNEL } from '../model/unknown-kernel.ts';
import type { NextBoot, Wanted } from '../model/verdict.ts';
import { chooseModule } from './choose-module.ts';
import { decidingWords } from './deciding-words.ts';
import type { Loadable } from './loadable/answer.ts';
import { loadable } from './loadable.ts';
import { isLoadedNow, loadedOr } from './loaded-now.ts';
import { nextBoot } from './next-boot.ts';
import { rehearsalsOf, seenOr, seenOutcome } from './rehearsed.ts';
import { namesApart } from './told-apart.ts';
import { isWanted } from './wanted.ts';

/** A Snapshot seen through the questions that every rule asks. */
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
  /** The kernel that the selected tree's build made; null: none complete. */
  readonly built: Kernel | null;
}

/** A kernel that modules are held against, put together from all that tells of it. */
export interface Kernel {
  readonly role: 'running' | 'next' | 'built';
  readonly identity: KernelIdentity;
  /** For a person: `6.1.192-gentoo #3`. */
  readonly name: string;
  readonly abi: KernelAbi;
  readonly carries: Readonly<Record<PatchComponent, Fact<boolean>>>;
  /** The build that it came from, where one on this machine is the same kernel. */
  readonly build: BuildFacts | null;
  readonly tree: Tree | null;
  readonly image: BootImage | null;
  /** /lib/modules/RELEASE; null: there is none. */
  readonly modules: ReleaseModules | null;
  readonly aufsBuiltin: Fact<boolean>;
  /** Are the kernel's own modules installed, and of this compilation? */
  readonly ownModules: Fact<OwnModules>;
  /** Words of its command line that decide over modules. */
  readonly words: readonly string[];
  /** What was seen of it in rehearsals, with these words. */
  readonly rehearsed: readonly Rehearsed[];
  /** Modules that this very kernel has loaded; empty where it does not run, or would be started with other words. */
  readonly loaded: readonly LoadedModule[];
}

/** A kernel without what was observed of it: rehearsals and loaded modules. */
type UnseenKernel = Omit<Kernel, 'words' | 'rehearsed' | 'loaded'>;

/** The five links of a machine, put together from what was read of it and what is remembered: what all findings ask. */
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
  const runningNow = {
    ...seenKernel(runningKernel(snapshot), memory, lastBoot.commandLine),
    loaded: snapshot.running.modules,
  };
  return toldApart({
    snapshot,
    memory,
    wanted: isWanted(snapshot),
    nextBoot: next,
    tree,
    build,
    running: runningNow,
    next: next.kind === 'unknown' ? null : kernelOfImage({ snapshot, memory, nextBoot: next }, next.image),
    built:
      tree !== null && build !== null && isComplete(build)
        ? seenKernel(builtKernel(snapshot, tree, build), memory)
        : null,
  });
}

function toldApart(situation: Situation): Situation {
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
  const kernel = imageKernel(snapshot, path);
  const isNext = nextBoot.kind !== 'unknown' && nextBoot.image === path;
  const commandLine = isNext ? nextBoot.commandLine : NO_COMMAND_LINE;
  if (kernel === null) return null;
  const own = commandLine.known ? withoutLastCommandLine(snapshot, kernel) : kernel;
  return withLoaded(snapshot, seenKernel(withCommandLine(own, commandLine), memory, commandLine));
}

/** Of the running kernel, started anew: what its command line has asked for this time is not taken over. */
function withoutLastCommandLine(snapshot: Snapshot, kernel: UnseenKernel): UnseenKernel {
  const { commandLine } = snapshot.boot.lastBoot;
  const isRunning = sameKernel(kernel.identity, snapshot.running.identity) === 'same';
  if (!isRunning || !commandLine.known) return kernel;
  const asked = decidingWords({ ...UNKNOWN_KERNEL.abi, blacklist: [] }, commandLine).some(asksEnforcement);
  if (!asked) return kernel;
  const { build, modules } = kernel;
  const { identity, image } = kernel;
  const beside = modules === null ? UNKNOWN_KERNEL.abi : abiOfKernel(snapshot, modules, identity, image);
  return { ...kernel, abi: { ...kernel.abi, ...enforcementOf(build?.abi ?? beside) } };
}

function asksEnforcement(word: string): boolean {
  return isLockdown(word) || isSignatureAsked(word);
}

function isLockdown(word: string): boolean {
  return /^lockdown=(?:integrity|confidentiality)$/.test(word);
}

function isSignatureAsked(word: string): boolean {
  return /^module\.sig_enforce(?:=[1yY].*)?$/.test(word);
}

/** What is loaded now speaks for the same kernel that is started with the same words. */
function withLoaded(snapshot: Snapshot, kernel: Kernel): Kernel {
  const { running, boot } = snapshot;
  if (sameKernel(kernel.identity, running.identity) !== 'same') return kernel;
  const words = decidingWords(running.abi, boot.lastBoot.commandLine);
  return kernel.words.join(' ') === words.join(' ') ? { ...kernel, loaded: running.modules } : kernel;
}

/** What the command line of its boot forbids it (module_blacklist=, module.sig_enforce, lockdown=). */
function withCommandLine(kernel: UnseenKernel, commandLine: Fact<string>): UnseenKernel {
  if (!commandLine.known) return kernel;
  const { abi } = kernel;
  const words = decidingWords({ ...abi, blacklist: [] }, commandLine);
  const blacklist =
    words
      .findLast((word) => word.startsWith('module_blacklist='))
      ?.slice(17)
      .split(',') ?? [];
  const locked = words.some(isLockdown);
  const asked = words.some(isSignatureAsked);
  const enforced = asked || locked;
  const signatureEnforced = enforced ? known(true) : abi.signatureEnforced;
  const enforcedBy = enforced && !asked ? 'lockdown' : enforced ? 'signature' : abi.enforcedBy;
  return { ...kernel, abi: { ...abi, blacklist, signatureEnforced, enforcedBy } };
}

const NO_COMMAND_LINE = unknown('no-data', 'the command line of a boot that nobody foresees');

function seenKernel(
  kernel: UnseenKernel,
  { rehearsals }: Memory,
  commandLine: Fact<string> = NO_COMMAND_LINE,
): Kernel {
  const words = decidingWords(kernel.abi, commandLine);
  return { ...kernel, words, rehearsed: rehearsalsOf(kernel, rehearsals, words), loaded: [] };
}

/** Every kernel that modules can be held against, each once: running, next boot, and those compiled here. */
export function allKernels({ snapshot, memory, running, next }: Situation): Kernel[] {
  const compiled = snapshot.sources.trees.flatMap((tree) =>
    tree.builds.filter(isComplete).map((build) => seenKernel(builtKernel(snapshot, tree, build), memory)),
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

/** Was the compilation seen through, for certain? */
export function isComplete(build: BuildFacts): boolean {
  return build.state.known && build.state.value === 'complete';
}

function builtKernel(snapshot: Snapshot, tree: Tree, build: BuildFacts): UnseenKernel {
  const modules = modulesOf(snapshot, build.identity);
  return {
    role: 'built',
    identity: build.identity,
    name: kernelName(build.identity),
    abi: build.abi,
    carries: build.carries,
    build,
    tree,
    image: null,
    modules,
    aufsBuiltin: builtinAufs(build, modules),
    ownModules: build.ownModules,
  };
}

function runningKernel(snapshot: Snapshot): UnseenKernel {
  const { running } = snapshot;
  const modules = modulesOf(snapshot, running.identity);
  const match = buildOf(snapshot, running.identity);
  const mapIsOfAnother = isReplaced(snapshot, running.identity);
  const ofThis = modules === null ? null : abiOfKernel(snapshot, modules, running.identity, null);
  const best =
    match !== null
      ? match.build.abi
      : mapIsOfAnother
        ? withoutModules(running)
        : knownBest(running.abi, ofThis);
  return {
    role: 'running',
    identity: running.identity,
    name: kernelName(running.identity),
    // Only the running kernel tells what was asked of it on its command line.
    abi: {
      ...best,
      ...(running.abi.signatureEnforced.known ? enforcementOf(running.abi) : enforcementOf(best)),
      blacklist: running.abi.blacklist,
      switchedOff: running.abi.switchedOff,
      modules: isFalse(running.abi.modules) ? running.abi.modules : best.modules,
    },
    carries: match === null ? running.carries : match.build.carries,
    build: match?.build ?? null,
    tree: match?.tree ?? null,
    image: null,
    modules,
    aufsBuiltin: builtinAufs(match?.build ?? null, modules),
    ownModules: match?.build.ownModules ?? ownModules(best, modules),
  };
}

/** The modules of its release are of the kernel that has replaced it: what they show is that one's. */
function withoutModules({ abi, config }: Snapshot['running']): KernelAbi {
  if (config.known) return abi;
  const why = unknown('no-data', 'another kernel of that release was installed since');
  return { ...abi, vermagic: why, modversions: why };
}

function enforcementOf({ signatureEnforced, enforcedBy }: KernelAbi) {
  return { signatureEnforced, enforcedBy };
}

function isFalse(fact: Fact<boolean>): boolean {
  return fact.known && !fact.value;
}

function imageKernel(snapshot: Snapshot, path: string): UnseenKernel | null {
  const images = snapshot.boot.images;
  const image = images.known ? images.value.find((candidate) => candidate.path === path) : undefined;
  if (image === undefined) return null;
  const match = buildOf(snapshot, image.identity);
  const isRunning = sameKernel(image.identity, snapshot.running.identity) === 'same';
  const modules = modulesOf(snapshot, image.identity);
  const running = runningKernel(snapshot);
  const base = {
    role: 'next',
    identity: image.identity,
    name: kernelName(image.identity),
    image,
    modules,
  } as const;
  if (isRunning) {
    // That it takes no more modules until then (kernel.modules_disabled) is over with the boot.
    const modules = snapshot.running.loaded.known ? known(true) : running.abi.modules;
    return { ...running, ...base, abi: { ...running.abi, modules, switchedOff: false } };
  }
  if (match !== null) {
    const { build, tree } = match;
    return {
      ...base,
      abi: build.abi,
      carries: build.carries,
      build,
      tree,
      aufsBuiltin: builtinAufs(build, modules),
      ownModules: build.ownModules,
    };
  }
  const abi = modules === null ? UNKNOWN_KERNEL.abi : abiOfKernel(snapshot, modules, image.identity, image);
  return {
    ...base,
    abi,
    carries: modules?.carries ?? UNKNOWN_KERNEL.carries,
    build: null,
    tree: null,
    aufsBuiltin: builtinAufs(null, modules),
    ownModules: ownModules(abi, modules),
  };
}

/** The build on this machine that is the same kernel, with its tree. */
function buildOf(snapshot: Snapshot, identity: KernelIdentity): { build: BuildFacts; tree: Tree } | null {
  for (const tree of snapshot.sources.trees) {
    for (const build of tree.builds) {
      if (sameKernel(build.identity, identity) === 'same') return { build, tree };
    }
  }
  return null;
}

/**
 * Is there another kernel of this release in /boot, and not this one? Then it is that one's System.map which lies
 * beside it: `make install` writes both.
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

function modulesOf(snapshot: Snapshot, identity: KernelIdentity): ReleaseModules | null {
  const { release } = identity;
  if (!release.known) return null;
  return snapshot.modules.find((modules) => modules.release === release.value) ?? null;
}

/**
 * What is known of the kernels of a release, for one of them. An image tells of that very kernel alone. Where none could be
 * looked into, System.map, the configuration and the modules are there once for all of them: they are of the one that was
 * installed last. `image`: that of the kernel, where it is one in /boot.
 */
function abiOfKernel(
  { boot }: Snapshot,
  { release, abi, abiOf }: ReleaseModules,
  identity: KernelIdentity,
  image: BootImage | null,
): KernelAbi {
  if (!boot.images.known || (image !== null && image.path === abiOf)) return abi;
  const images = boot.images.value.filter((other) => valueOr(other.identity.release, null) === release);
  const told = images.find(({ path }) => path === abiOf);
  if (told !== undefined)
    return sameKernel(told.identity, identity) === 'different' ? UNKNOWN_KERNEL.abi : abi;
  const isOlder = images.some(
    (other) =>
      image !== null && other.mtime > image.mtime && sameKernel(other.identity, identity) === 'different',
  );
  return isOlder ? UNKNOWN_KERNEL.abi : abi;
}

/** What the running kernel does not tell of itself (it may lack /proc/config.gz) is told by what lies beside its image. */
function knownBest(abi: KernelAbi, beside: KernelAbi | null): KernelAbi {
  if (beside === null) return abi;
  // The image tells CRCs and namespaces, which the running kernel does not show.
  const byImage = beside.exports.known && beside.exports.value.kind === 'vmlinux';
  return {
    ...abi,
    source: abi.exports.known && !byImage ? abi.source : beside.source,
    vermagic: orElse(abi.vermagic, () => beside.vermagic),
    modversions: orElse(abi.modversions, () => beside.modversions),
    signatures: orElse(abi.signatures, () => beside.signatures),
    trustedKeys: orElse(abi.trustedKeys, () => beside.trustedKeys),
    modules: orElse(abi.modules, () => beside.modules),
    trims: orElse(abi.trims, () => beside.trims),
    modular: orElse(abi.modular, () => beside.modular),
    namespacesOptional: orElse(abi.namespacesOptional, () => beside.namespacesOptional),
    versionGaps: orElse(abi.versionGaps, () => beside.versionGaps),
    forceLoad: orElse(abi.forceLoad, () => beside.forceLoad),
    livepatch: orElse(abi.livepatch, () => beside.livepatch),
    structSize: orElse(abi.structSize, () => beside.structSize),
    btfSince: orElse(abi.btfSince, () => beside.btfSince),
    elf: orElse(abi.elf, () => beside.elf),
    unpacks: orElse(abi.unpacks, () => beside.unpacks),
    exports: byImage ? beside.exports : orElse(abi.exports, () => beside.exports),
  };
}

/** Of a kernel that was compiled elsewhere: that there are none can be seen, and not of which compilation they are. */
function ownModules({ modular }: KernelAbi, modules: ReleaseModules | null): Fact<OwnModules> {
  if (modular.known && !modular.value) return known('no-need');
  const there = modules === null ? known(false) : modules.hasOwn;
  if (!there.known) return there;
  if (there.value)
    return unknown('no-data', `nothing tells of which compilation the modules in ${modules?.directory} are`);
  return mapFact(modular, () => 'none' as const);
}

function builtinAufs(build: BuildFacts | null, modules: ReleaseModules | null): Fact<boolean> {
  if (build?.builtConfig.known) return known(build.builtConfig.value.options.AUFS_FS === 'y');
  return (
    modules?.aufsBuiltin ?? unknown('no-data', 'no modules.builtin and no configuration for that kernel')
  );
}

/** Release and build number for a person: `6.1.192-gentoo #3`. */
export function kernelName(identity: KernelIdentity): string {
  const release = identity.release.known ? identity.release.value : 'a kernel of unknown release';
  const number = identity.utsVersion.known ? /^#\d+\S*/.exec(identity.utsVersion.value) : null;
  return number === null ? release : `${release} ${number[0]}`;
}

/** The file that modprobe would take for a name. */
export function moduleFile({ modules }: Kernel, name: string): ModuleFile | null {
  return chooseModule(modules?.modules ?? [], name);
}

/**
 * Would the kernel take this module, with all that it needs loaded before it? What was seen in a rehearsal of exactly
 * these is known.
 */
export function willLoad(kernel: Kernel, file: ModuleFile): Loadable {
  return answerOf(kernel, file, 'seen');
}

/** The same without what was seen. */
export function foretold(kernel: Kernel, file: ModuleFile): Loadable {
  return answerOf(kernel, file, 'foretold');
}

/** What a rehearsal has shown counts more than the prediction; that the module is loaded, more than not knowing. */
function withSeen(kernel: Kernel, file: ModuleFile, told: Loadable): Loadable {
  return loadedOr(seenOr(told, seenOutcome(kernel, file)), () => isLoadedNow(kernel, file));
}

type Answers = Map<ModuleFile, Loadable>;

/** What was found out of a kernel before: each of thousands of modules asks for those that it needs. */
const answered = new WeakMap<Kernel, Readonly<Record<'seen' | 'foretold', Answers>>>();

function answerOf(kernel: Kernel, file: ModuleFile, by: 'seen' | 'foretold'): Loadable {
  const before = answered.get(kernel) ?? { seen: new Map(), foretold: new Map() };
  answered.set(kernel, before);
  const chosen = kernel.modules === null ? NO_MODULES : chosenModules(kernel.modules);
  const isChosen = chosen.includes(file);
  const known: Answers = isChosen ? before[by] : new Map();
  const modules = isChosen ? chosen : [...chosen, file];
  const abi = withKmod(kernel);
  const answers: Answers = new Map();
  let isCircular = false;
  const found = answer(file);
  // What was answered within a circle depends on where it was entered.
  if (!isCircular) for (const [asked, is] of answers) known.set(asked, is);
  return found;

  function answer(asked: ModuleFile): Loadable {
    const before = known.get(asked) ?? answers.get(asked);
    if (before !== undefined) {
      isCircular ||= before === IN_CIRCLE;
      return before;
    }
    // For modules that need each other; depmod lets nobody load those.
    answers.set(asked, IN_CIRCLE);
    const available = kernel.modules?.available ?? null;
    const told = loadable(asked, abi, { modules, available, loads: answer });
    const found = by === 'seen' ? withSeen(kernel, asked, told) : told;
    answers.set(asked, found);
    return found;
  }
}

const IN_CIRCLE: Loadable = { answer: 'loads' };
const NO_MODULES: readonly ModuleFile[] = [];
const chosenOf = new WeakMap<ReleaseModules, readonly ModuleFile[]>();

/** Of each name the file that modprobe would take. */
function chosenModules(release: ReleaseModules): readonly ModuleFile[] {
  const known = chosenOf.get(release);
  if (known !== undefined) return known;
  const all = [...release.modules, ...release.between];
  const chosen = all.filter((file) => chooseModule(all, file.name) === file);
  chosenOf.set(release, chosen);
  return chosen;
}

/** What kmod unpacks itself, the kernel need not. */
function withKmod({ abi, modules }: Kernel): KernelAbi {
  const { unpacks } = abi;
  const handedOver = modules?.handedOver ?? unpacks;
  if (unpacks.known && unpacks.value === null) return abi;
  if (!handedOver.known) return { ...abi, unpacks: handedOver };
  return handedOver.value === false ? { ...abi, unpacks: known(null) } : abi;
}
