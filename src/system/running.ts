import type { KernelAbi } from '../model/abi.ts';
import { chainFact, type Fact, known, mapFact, orElse, type Unknown, unknown } from '../model/fact.ts';
import { releaseAtLeast } from '../model/release-version.ts';
import type { LoadedModule, RunningFacts } from '../model/running.ts';
import { type Carries, unknownKernel } from '../model/unknown-kernel.ts';
import { CARRIED_SYMBOLS, carriesBySymbols } from './abi/carries.ts';
import { abiOfConfig } from './abi/config-abi.ts';
import { withModuleExports } from './abi/exports-of-modules.ts';
import { hasModversions } from './abi/image-abi.ts';
import { machineOfConfig } from './abi/machine.ts';
import { readOwnModule } from './abi/own-module.ts';
import { readSymbolMap } from './abi/system-map.ts';
import { vermagicOf } from './abi/vermagic.ts';
import { readVersionGaps } from './abi/version-gaps.ts';
import { readKernelConfig } from './config.ts';
import { buildIdOf } from './elf/notes.ts';
import type { Mount } from './mounts.ts';
import { MIB } from './open-file.ts';
import type { Root } from './root.ts';
import { runningHere } from './running-here.ts';
import { readSecureBoot } from './secure-boot.ts';

export interface RunningInput {
  /** As readRunningIdentity() has it. */
  readonly identity: RunningFacts['identity'];
  readonly mounts: Fact<readonly Mount[]>;
  /** Modules whose loaded state matters. */
  readonly modules: ReadonlySet<string>;
  /** Symbols that those import. */
  readonly wanted: ReadonlySet<string>;
  /** Does nothing else tell what the running kernel exports? /proc/kallsyms is 10 MB. */
  needsSymbols(identity: RunningFacts['identity']): boolean;
}

const KALLSYMS_MAX = 64 * MIB;
const OSRELEASE = '/proc/sys/kernel/osrelease';

/** Which kernel runs; unknown where it is not this root's (running-here.ts). */
export function readRunningIdentity(root: Root): RunningFacts['identity'] {
  const here = runningHere(root);
  if (!here.known) return { release: here, utsVersion: here, buildId: here };
  return {
    release: readWithoutNewline(root, OSRELEASE),
    utsVersion: readWithoutNewline(root, '/proc/sys/kernel/version'),
    buildId: readBuildId(root, '/sys/kernel/notes'),
  };
}

function readWithoutNewline(root: Root, path: string, limit?: number): Fact<string> {
  return mapFact(root.readText(path, limit), (text) => text.replace(/\n$/, ''));
}

/** The running kernel, as /proc and /sys of this root show it. Each fact is unknown where it is not this root's. */
export function readRunning(root: Root, input: RunningInput): RunningFacts {
  const here = runningHere(root);
  if (!here.known) return notHere(here);
  const read = (path: string, limit?: number): Fact<string> => readWithoutNewline(root, path, limit);
  const { identity } = input;
  const config = readKernelConfig(root, '/proc/config.gz');
  const holders = mapFact(read('/proc/modules', 4 * MIB), holdersByModule);
  const symbols: Fact<Buffer> = input.needsSymbols(identity)
    ? root.readBytes('/proc/kallsyms', KALLSYMS_MAX)
    : unknown('no-data', 'not read: a build of this kernel is at hand');
  const { abi, carries } = runningAbi(root, identity, config, symbols, input.wanted);
  return {
    identity,
    machine: read('/proc/sys/kernel/arch'),
    bootedAt: bootTime(read('/proc/stat', 4 * MIB)),
    bootId: read('/proc/sys/kernel/random/boot_id'),
    config,
    filesystems: mapFact(read('/proc/filesystems'), (text) =>
      text.split('\n').map((line) => line.split('\t').at(-1) ?? ''),
    ),
    aufsMounts: mapFact(input.mounts, (mounts) =>
      mounts.filter(({ type }) => type === 'aufs').map((mount) => mount.mountPoint),
    ),
    loaded: mapFact(holders, (byModule) => [...byModule.keys()]),
    modules: holders.known ? readLoadedModules(root, holders.value, input.modules) : [],
    carries,
    abi,
  };
}

function notHere(why: Unknown): RunningFacts {
  return {
    identity: { release: why, utsVersion: why, buildId: why },
    machine: why,
    bootedAt: why,
    bootId: why,
    config: why,
    filesystems: why,
    aufsMounts: why,
    loaded: why,
    modules: [],
    ...unknownKernel(why),
  };
}

function runningAbi(
  root: Root,
  identity: RunningFacts['identity'],
  config: RunningFacts['config'],
  symbols: Fact<Buffer>,
  wanted: ReadonlySet<string>,
): { abi: KernelAbi; carries: Carries } {
  const asked = new Set([...wanted, ...CARRIED_SYMBOLS]);
  const map = mapFact(symbols, (bytes) => readSymbolMap(ofKernelItself(bytes), asked, CARRIED_SYMBOLS));
  const sound = map.known && map.value.sound ? map : map.known ? NO_SYMBOLS : map;
  const ofKernel = sound.known ? sound.value.exports : sound;
  const exports = chainFact(identity.release, (release) =>
    withModuleExports(root, release, ofKernel, wanted),
  );
  const base = abiOfConfig(config, readSecureBoot(root));
  const own = chainFact(identity.release, (release) => readOwnModule(root, `/lib/modules/${release}`));
  const isSwitchedOff = takesNoMore(root);
  const abi: KernelAbi = {
    ...base,
    source: 'the running kernel',
    modversions: orElse(base.modversions, () => mapFact(own, ({ vermagic }) => hasModversions(vermagic))),
    vermagic: orElse(vermagicOf(identity.release, config, NO_SEED), () =>
      mapFact(own, (module) => module.vermagic),
    ),
    trustedKeys: unknown('no-data', 'the running kernel does not show its keys'),
    versionGaps: readVersionGaps(root, null, identity.release),
    modules: isSwitchedOff ? known(false) : base.modules,
    switchedOff: isSwitchedOff && !(base.modules.known && !base.modules.value),
    blacklist: blacklisted(root),
    structSize: NOT_SHOWN,
    btfSince: NOT_SHOWN,
    ...enforcement(root, base, identity.release),
    elf: orElse(machineOfConfig(config), () => mapFact(own, ({ elf }) => elf)),
    exports: mapFact(exports, (found) => ({ kind: 'kallsyms' as const, symbols: found })),
  };
  const present = mapFact(sound, (found) => found.present);
  const exported = mapFact(ofKernel, (found) => new Set(Object.keys(found)));
  const builtin = mapFact(config, ({ options }) => options.AUFS_FS === 'y');
  return { abi, carries: carriesBySymbols(present, exported, builtin, identity.release) };
}

/**
 * /proc/kallsyms lists the symbols of loaded modules behind the kernel's own, each with `<TAB>[module]`: a module must
 * not seem to export what the kernel exports already because it is loaded.
 */
function ofKernelItself(bytes: Buffer): Buffer {
  const tab = bytes.indexOf(9);
  return tab === -1 ? bytes : bytes.subarray(0, bytes.lastIndexOf(10, tab) + 1);
}

/** `module_blacklist=a,b` on its command line; the last one counts (kernel/module/main.c). */
function blacklisted(root: Root): string[] {
  const line = root.readText('/proc/cmdline');
  const last = line.known
    ? [...line.value.matchAll(/(?:^|\s)module_blacklist=(\S+)/g)].at(-1)?.[1]
    : undefined;
  return last === undefined ? [] : last.split(',');
}

/** kernel.modules_disabled, or `nomodule` on the command line (may_init_module() in kernel/module/main.c). */
function takesNoMore(root: Root): boolean {
  const disabled = root.readText('/proc/sys/kernel/modules_disabled');
  return disabled.known && disabled.value.trim() === '1';
}

const NOT_SHOWN = unknown('no-data', 'the running kernel does not show it');
const NO_SYMBOLS = unknown('no-data', '/proc/kallsyms shows nothing');
const NO_SEED = unknown('no-data', 'the hash of RANDSTRUCT is known to its build directory only');

/**
 * By the parameter, by lockdown (integrity and above refuse unsigned modules), by the configuration. The parameter is
 * asked before lockdown (module_sig_check() in kernel/module/signing.c).
 */
function enforcement(
  root: Root,
  byConfig: Pick<KernelAbi, 'signatureEnforced' | 'enforcedBy'>,
  release: Fact<string>,
): Pick<KernelAbi, 'signatureEnforced' | 'enforcedBy'> {
  const { signatureEnforced, enforcedBy } = byConfig;
  const parameter = root.readText('/sys/module/module/parameters/sig_enforce');
  if (parameter.known && parameter.value.trim() === 'Y')
    return { signatureEnforced: known(true), enforcedBy: 'signature' };
  const lockdown = root.readText('/sys/kernel/security/lockdown');
  if (lockdown.known && /\[(integrity|confidentiality)\]/.test(lockdown.value))
    return { signatureEnforced: known(true), enforcedBy: parameter.known ? 'lockdown' : enforcedBy };
  if (parameter.known) return { signatureEnforced: known(false), enforcedBy: null };
  // There is no such parameter without CONFIG_MODULE_SIG, and with CONFIG_MODULE_SIG_FORCE in old kernels.
  const isOld = release.known ? releaseAtLeast(release.value, 5, 0) !== true : true;
  return signatureEnforced.known || isOld || !root.lstat('/sys/module').known
    ? byConfig
    : { signatureEnforced: known(false), enforcedBy: null };
}

/** /proc/modules: `zfs 4816896 6 zunicode,zavl, Live 0x0`; the loaded modules, each with those that use it. */
function holdersByModule(text: string): Map<string, string[]> {
  return new Map(
    text.split('\n').flatMap((line): [string, string[]][] => {
      const [name = '', , , holders = '-'] = line.split(' ');
      const list = holders === '-' ? [] : holders.split(',').filter((holder) => holder !== '');
      return name === '' ? [] : [[name, list]];
    }),
  );
}

/** Those of interest, and what holds them: a module that is in use cannot be loaded anew alone. */
function readLoadedModules(
  root: Root,
  holders: ReadonlyMap<string, readonly string[]>,
  wanted: ReadonlySet<string>,
): LoadedModule[] {
  const names = new Set([...holders.keys()].filter((name) => wanted.has(name)));
  // A set that grows while it is walked is walked to its new end.
  for (const name of names) for (const holder of holders.get(name) ?? []) names.add(holder);
  return [...holders.keys()]
    .filter((name) => names.has(name))
    .map((name) => readLoaded(root, name, holders.get(name) ?? []));
}

function readLoaded(root: Root, name: string, heldBy: readonly string[]): LoadedModule {
  const directory = `/sys/module/${name}`;
  const text = (file: string): string | null => {
    const content = root.readText(`${directory}/${file}`);
    return content.known ? content.value.trim() : null;
  };
  const uses = Number(text('refcnt') ?? Number.NaN);
  return {
    name,
    version: text('version'),
    srcversion: text('srcversion'),
    buildId: readBuildId(root, `${directory}/notes/.note.gnu.build-id`),
    uses: Number.isInteger(uses) ? known(uses) : unknown('no-data', `${directory}/refcnt does not tell`),
    heldBy,
  };
}

function readBuildId(root: Root, path: string): Fact<string> {
  const notes = root.readBytes(path);
  if (!notes.known) return notes;
  const id = buildIdOf(notes.value, true) ?? buildIdOf(notes.value, false);
  return id === null ? unknown('no-data', `${path} has no build ID`) : known(id);
}

function bootTime(stat: Fact<string>): Fact<number> {
  if (!stat.known) return stat;
  const seconds = /^btime (\d{1,12})$/m.exec(stat.value)?.[1];
  return seconds === undefined
    ? unknown('malformed', '/proc/stat has no btime')
    : known(Number(seconds) * 1000);
}
