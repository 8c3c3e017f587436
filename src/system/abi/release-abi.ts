import type { KernelAbi } from '../../model/abi.ts';
import { chainFact, type Fact, known, mapFact, orElse, type Unknown, unknown } from '../../model/fact.ts';
import type { Carries } from '../../model/unknown-kernel.ts';
import { readKernelConfig } from '../config.ts';
import { MIB } from '../open-file.ts';
import type { Root } from '../root.ts';
import { readSecureBoot } from '../secure-boot.ts';
import { CARRIED_SYMBOLS, carriesBySymbols } from './carries.ts';
import { abiOfConfig } from './config-abi.ts';
import { withModuleExports } from './exports-of-modules.ts';
import { readSymbolMap } from './system-map.ts';
import { vermagicOf } from './vermagic.ts';
import { vermagicOfListed } from './vermagic-of-module.ts';
import { readVersionGaps } from './version-gaps.ts';

const MAP_MAX = 64 * MIB;
const NO_BUILD = unknown('no-data', 'no build directory');
const NO_SEED = unknown('no-data', 'the hash of RANDSTRUCT is known to its build directory only');

/** What System.map-RELEASE and config-RELEASE tell of a kernel that has no build directory here. */
export function readReleaseAbi(
  root: Root,
  release: string,
  wanted: ReadonlySet<string>,
): { abi: KernelAbi; carries: Carries } {
  const config = firstKnown(
    () => readKernelConfig(root, `/boot/config-${release}`),
    () => readKernelConfig(root, `/lib/modules/${release}/config`),
    () =>
      chainFact(findNamed(root, '/etc/kernels', 'kernel-config', release), (path) =>
        readKernelConfig(root, path),
      ),
  );
  const named = findNamed(root, '/boot', 'System.map', release);
  const path = [...(named.known ? [named.value] : []), `/lib/modules/${release}/System.map`].find(
    (candidate) => root.lstat(candidate).known,
  );
  const map: Fact<Buffer> =
    path === undefined
      ? unknown('no-data', `there is no System.map of ${release}`)
      : root.readBytes(path, MAP_MAX);
  const asked = new Set([...wanted, ...CARRIED_SYMBOLS]);
  const symbols = mapFact(map, (bytes) => readSymbolMap(bytes, asked, CARRIED_SYMBOLS));
  const ofKernel = symbols.known ? symbols.value.exports : symbols;
  const exports = withModuleExports(root, release, ofKernel, wanted);
  const builtin = mapFact(config, ({ options }) => options.AUFS_FS === 'y');
  const exported = mapFact(ofKernel, (found) => new Set(Object.keys(found)));
  const abi: KernelAbi = {
    ...abiOfConfig(config, readSecureBoot(root)),
    source: path ?? `nothing of ${release}`,
    vermagic: orElse(vermagicOf(known(release), config, NO_SEED), () =>
      vermagicOfListed(root, `/lib/modules/${release}`),
    ),
    trustedKeys: NO_BUILD,
    versionGaps: readVersionGaps(root, null, known(release)),
    switchedOff: false,
    blacklist: [],
    structSize: null,
    btfSince: null,
    elf: NO_BUILD,
    exports: mapFact(exports, (found) => ({ kind: 'system-map' as const, symbols: found })),
  };
  const present = mapFact(symbols, (found) => found.present);
  return { abi, carries: carriesBySymbols(present, exported, builtin, known(release)) };
}

/**
 * `PREFIX-RELEASE`, or as genkernel names it: `System.map-genkernel-x86_64-RELEASE` up to version 3, and the
 * configuration that it compiled with `/etc/kernels/kernel-config-x86_64-RELEASE`.
 */
function findNamed(root: Root, directory: string, prefix: string, release: string): Fact<string> {
  const plain = `${prefix}-${release}`;
  const genkernel = /^(genkernel-)?(x86_64|x86|i\d86|aarch64|arm64|ppc64|riscv|riscv64)$/;
  return chainFact(root.list(directory), (names) => {
    const ofArchitecture = (name: string): boolean =>
      name.startsWith(`${prefix}-`) &&
      name.endsWith(`-${release}`) &&
      genkernel.test(name.slice(prefix.length + 1, -release.length - 1));
    const found = names.includes(plain) ? plain : names.find(ofArchitecture);
    return found === undefined
      ? unknown('missing', `there is no ${directory}/${plain}`)
      : known(`${directory}/${found}`);
  });
}

function firstKnown<T>(...reads: readonly (() => Fact<T>)[]): Fact<T> {
  let last: Unknown = unknown('no-data', 'nothing to read');
  for (const read of reads) {
    const fact = read();
    if (fact.known) return fact;
    last = fact;
  }
  return last;
}
