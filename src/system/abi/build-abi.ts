import type { KernelAbi, KernelExport, TrustedKeys } from '../../model/abi.ts';
import type { KernelConfig } from '../../model/config.ts';
import { chainFact, type Fact, known, mapFact, orElse, unknown } from '../../model/fact.ts';
import type { Carries } from '../../model/unknown-kernel.ts';
import { readElf } from '../elf/sections.ts';
import { MIB } from '../open-file.ts';
import type { Root } from '../root.ts';
import { readSecureBoot } from '../running/secure-boot.ts';
import { hasOpenKeyrings, readTrustedKeys } from '../signature/trusted-keys.ts';
import { stretchesOfLines } from '../stretches.ts';
import { readBuildExports } from './build-exports.ts';
import { CARRIED_SYMBOLS, carriesBySymbols } from './carries.ts';
import { abiOfConfig, checksBtf } from './config-abi.ts';
import { machineOfConfig } from './machine.ts';
import { type OwnModule, readOwnModule, vermagicOfListed } from './own-module.ts';
import { structSizeBy } from './struct-size.ts';
import { symbolsPresent } from './system-map.ts';
import { vermagicOf } from './vermagic.ts';
import { readVersionGaps } from './version-gaps.ts';

export interface BuiltKernel {
  /** The sources that the kernel was built from. */
  readonly tree: string;
  /** The directory of the build products. */
  readonly directory: string;
  /** The configuration that the kernel was built with. */
  readonly config: Fact<KernelConfig>;
  readonly release: Fact<string>;
}

const MAP_MAX = 64 * MIB;

/** The properties of a built kernel that decide which modules it loads, and the AUFS patches that it has. */
export function readBuildAbi(
  root: Root,
  { tree, directory, config, release }: BuiltKernel,
  wanted: ReadonlySet<string>,
): { abi: KernelAbi; carries: Carries } {
  const requested = new Set([...wanted, ...CARRIED_SYMBOLS]);
  const { source, table } = readBuildExports(root, directory, release, requested);
  const exported = mapFact(table, ({ symbols }) => namesOfVmlinux(symbols));
  const present = presentIn(root, `${directory}/System.map`, exported);
  const own = ownModuleOf(root, directory, config, release);
  const base = {
    ...abiOfConfig(config, readSecureBoot(root)),
    vermagic: orElse(vermagicOf(release, config, readSeed(root, directory)), () =>
      vermagicOfListed(root, directory),
    ),
    exports: table,
  };
  const abi: KernelAbi = {
    ...base,
    source,
    trustedKeys: orElse(readTrustedKeys(root, directory, config), () => keysOfOwn(own, config)),
    versionGaps: readVersionGaps(root, tree, release),
    switchedOff: false,
    blacklist: [],
    structSize: structSizeBy(own?.module ?? null, base, own?.isOfBuild ?? false),
    btfSince: btfSince(root, directory, config),
    elf: orElse(
      orElse(readElfIdentity(root, directory), () => machineOfConfig(config)),
      () => (own === null ? NO_OWN : known(own.module.elf)),
    ),
  };
  const builtin = mapFact(config, ({ options }) => options.AUFS_FS === 'y');
  return { abi, carries: carriesBySymbols(present, exported, builtin, release) };
}

const NO_OWN = unknown('no-data', 'none of its own modules is at hand');

interface Own {
  readonly module: OwnModule;
  /** Does it come from this compilation? */
  readonly isOfBuild: boolean;
}

/**
 * One of the kernel's own modules: from the build directory, unless it is older than the configuration (`make
 * bzImage` compiles no modules), else an installed one.
 */
function ownModuleOf(
  root: Root,
  directory: string,
  config: Fact<KernelConfig>,
  release: Fact<string>,
): Own | null {
  const built = readOwnModule(root, directory);
  if (built.known && config.known && built.value.mtime >= config.value.mtime)
    return { module: built.value, isOfBuild: true };
  const installed = chainFact(release, (name) => readOwnModule(root, `/lib/modules/${name}`));
  if (!installed.known) return null;
  const isOfBuild = root.lstat(`${directory}/dist-kernel`).known;
  return { module: installed.value, isOfBuild };
}

/** If certs/ of the build is gone, the signature of the kernel's own modules shows the key. */
function keysOfOwn(own: Own | null, config: Fact<KernelConfig>): Fact<TrustedKeys> {
  const signer = own?.module.signer ?? null;
  return signer === null
    ? NO_OWN
    : known({ signers: [{ name: signer, key: null }], open: hasOpenKeyrings(config) });
}

function namesOfVmlinux(symbols: Readonly<Record<string, KernelExport>>): ReadonlySet<string> {
  return new Set(Object.keys(symbols).filter((name) => symbols[name]?.from === 'vmlinux'));
}

/** An exported symbol is present. So the seven megabytes of System.map are searched for the others only. */
function presentIn(root: Root, path: string, exports: Fact<ReadonlySet<string>>): Fact<ReadonlySet<string>> {
  const exported = [...PRESENT_SYMBOLS].filter((name) => exports.known && exports.value.has(name));
  const others = new Set([...PRESENT_SYMBOLS].filter((name) => !exported.includes(name)));
  if (others.size === 0) return known(new Set(exported));
  return readStretches(root, path, (stretches) => {
    const found = new Set(exported);
    for (const bytes of stretches) {
      for (const name of symbolsPresent(bytes, others)) found.add(name);
      if (found.size === PRESENT_SYMBOLS.size) break;
    }
    return found;
  });
}

function readStretches<T>(root: Root, path: string, read: (stretches: Iterable<Buffer>) => T): Fact<T> {
  return root.withFile(path, (file) =>
    file.stat.size > MAP_MAX
      ? unknown('too-large', `${path} is larger than ${MAP_MAX} bytes`)
      : known(read(stretchesOfLines(file))),
  );
}

/** Each compilation numbers the types of the kernel again (btf_module_notify() in kernel/bpf/btf.c). */
function btfSince(root: Root, directory: string, config: Fact<KernelConfig>): Fact<number | null> {
  return chainFact(config, (options) =>
    checksBtf(options) ? mapFact(root.stat(`${directory}/vmlinux`), ({ mtime }) => mtime) : known(null),
  );
}

/** For the others of CARRIED_SYMBOLS, only whether they are exported matters. */
const PRESENT_SYMBOLS: ReadonlySet<string> = new Set(['vma_do_fput', 'is_current_mnt_ns']);

/** The hash of RANDSTRUCT in the vermagic. The file was renamed in 5.19. */
function readSeed(root: Root, directory: string): Fact<string> {
  for (const name of ['randstruct_hash.h', 'randomize_layout_hash.h']) {
    const text = root.readText(`${directory}/include/generated/${name}`);
    const hash = text.known ? /HASHED_SEED\s+"([0-9a-f]+)"/.exec(text.value)?.[1] : undefined;
    if (hash !== undefined) return known(hash);
  }
  return unknown('no-data', `the hash of RANDSTRUCT is not in ${directory}/include/generated`);
}

/** kbuild compiles scripts/mod/empty.c first, for the machine of the kernel. vmlinux shows the same. */
function readElfIdentity(root: Root, directory: string): Fact<string> {
  const small = root.withFile(`${directory}/scripts/mod/empty.o`, readElf);
  if (small.known) return known(small.value.identity);
  return mapFact(root.withFile(`${directory}/vmlinux`, readElf), ({ identity }) => identity);
}
