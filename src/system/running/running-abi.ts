import type { KernelAbi } from '../../model/abi.ts';
import { chainFact, type Fact, known, mapFact, orElse, unknown } from '../../model/fact.ts';
import { releaseAtLeast } from '../../model/release-version.ts';
import type { RunningFacts } from '../../model/running.ts';
import type { Carries } from '../../model/unknown-kernel.ts';
import { CARRIED_SYMBOLS, carriesBySymbols } from '../abi/carries.ts';
import { abiOfConfig } from '../abi/config-abi.ts';
import { withModuleExports } from '../abi/exports-of-modules.ts';
import { hasModversions } from '../abi/image-abi.ts';
import { machineOfConfig } from '../abi/machine.ts';
import { readOwnModule } from '../abi/own-module.ts';
import { readSymbolMap } from '../abi/system-map.ts';
import { vermagicOf } from '../abi/vermagic.ts';
import { readVersionGaps } from '../abi/version-gaps.ts';
import type { Root } from '../root.ts';
import { readSecureBoot } from './secure-boot.ts';

/** The properties of the running kernel that decide which modules it loads, and the AUFS patches it has. */
export function runningAbi(
  root: Root,
  identity: RunningFacts['identity'],
  config: RunningFacts['config'],
  symbols: Fact<Buffer>,
  wanted: ReadonlySet<string>,
): { abi: KernelAbi; carries: Carries } {
  const names = new Set([...wanted, ...CARRIED_SYMBOLS]);
  const map = mapFact(symbols, (bytes) => readSymbolMap(ofKernelItself(bytes), names, CARRIED_SYMBOLS));
  const sound = map.known && map.value.sound ? map : map.known ? NO_SYMBOLS : map;
  const ofKernel = sound.known ? sound.value.exports : sound;
  const exports = chainFact(identity.release, (release) =>
    withModuleExports(root, release, ofKernel, wanted),
  );
  const base = abiOfConfig(config, readSecureBoot(root));
  const own = chainFact(identity.release, (release) => readOwnModule(root, `/lib/modules/${release}`));
  const isSwitchedOff = loadingDisabled(root);
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
 * The kernel's own lines of /proc/kallsyms. The symbols of loaded modules follow them, each with `<TAB>[module]`. They
 * are left out: else the kernel itself would seem to export what a loaded module exports.
 */
function ofKernelItself(bytes: Buffer): Buffer {
  const tab = bytes.indexOf(9);
  return tab === -1 ? bytes : bytes.subarray(0, bytes.lastIndexOf(10, tab) + 1);
}

/** `module_blacklist=a,b` on the kernel's command line; the last one counts (kernel/module/main.c). */
function blacklisted(root: Root): string[] {
  const line = root.readText('/proc/cmdline');
  const last = line.known
    ? [...line.value.matchAll(/(?:^|\s)module_blacklist=(\S+)/g)].at(-1)?.[1]
    : undefined;
  return last === undefined ? [] : last.split(',');
}

/** kernel.modules_disabled, or `nomodule` on the command line (may_init_module() in kernel/module/main.c). */
function loadingDisabled(root: Root): boolean {
  const disabled = root.readText('/proc/sys/kernel/modules_disabled');
  return disabled.known && disabled.value.trim() === '1';
}

const NOT_SHOWN = unknown('no-data', 'the running kernel does not show it');
const NO_SYMBOLS = unknown('no-data', '/proc/kallsyms shows nothing');
const NO_SEED = unknown('no-data', 'the hash of RANDSTRUCT is known to its build directory only');

/**
 * Whether signatures are enforced, and by what: by the parameter, by lockdown (integrity and above refuse unsigned
 * modules) or by the configuration. The kernel checks the parameter before lockdown (module_sig_check() in
 * kernel/module/signing.c).
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
  // The parameter does not exist without CONFIG_MODULE_SIG, nor in old kernels with CONFIG_MODULE_SIG_FORCE.
  const isOld = release.known ? releaseAtLeast(release.value, 5, 0) !== true : true;
  return signatureEnforced.known || isOld || !root.lstat('/sys/module').known
    ? byConfig
    : { signatureEnforced: known(false), enforcedBy: null };
}
