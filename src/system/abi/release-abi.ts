import type { ExportTable, KernelAbi, KernelExport, TrustedKeys } from '../../model/abi.ts';
import type { KernelConfig } from '../../model/config.ts';
import { chainFact, type Fact, known, mapFact, orElse, type Unknown, unknown } from '../../model/fact.ts';
import type { Carries } from '../../model/unknown-kernel.ts';
import { readKernelConfig } from '../config.ts';
import { MIB } from '../open-file.ts';
import type { Root } from '../root.ts';
import { readSecureBoot } from '../running/secure-boot.ts';
import { hasOpenKeyrings } from '../signature/trusted-keys.ts';
import type { KernelImage } from '../vmlinux/kernel-image.ts';
import { CARRIED_SYMBOLS, carriesBySymbols } from './carries.ts';
import { abiOfConfig, type ConfigAbi, checksBtf } from './config-abi.ts';
import { withModuleExports } from './exports-of-modules.ts';
import { abiOfImage, hasModversions } from './image-abi.ts';
import { machineOfConfig } from './machine.ts';
import { type OwnModule, readOwnModule } from './own-module.ts';
import { structSizeBy } from './struct-size.ts';
import { readSymbolMap } from './system-map.ts';
import { vermagicOf } from './vermagic.ts';
import { readVersionGaps } from './version-gaps.ts';

const MAP_MAX = 64 * MIB;
const NO_BUILD = unknown('no-data', 'no build directory');
const NO_SEED = unknown('no-data', 'the hash of RANDSTRUCT is known to its build directory only');
const NO_IMAGE = unknown('no-data', 'no image of it is at hand');

/**
 * The properties of a kernel without a build directory on this machine. Its image (`image`) shows most. Without a
 * readable image, System.map-RELEASE and config-RELEASE are used. `installedAt`: mtime of the image, which is not
 * older than the kernel; null: there is none.
 */
export function readReleaseAbi(
  root: Root,
  release: string,
  wanted: ReadonlySet<string>,
  image: Fact<KernelImage> = NO_IMAGE,
  installedAt: number | null = null,
): { abi: KernelAbi; carries: Carries } {
  const directory = `/lib/modules/${release}`;
  const config = firstKnown(
    () => chainFact(image, (found) => found.config),
    () => readKernelConfig(root, `/boot/config-${release}`),
    () => readKernelConfig(root, `${directory}/config`),
    () =>
      chainFact(findNamed(root, '/etc/kernels', 'kernel-config', release), (path) =>
        readKernelConfig(root, path),
      ),
  );
  const own = readOwnModule(root, directory);
  const requested = new Set([...wanted, ...CARRIED_SYMBOLS]);
  const map = readMap(root, release, requested);
  const table = ofImage(image, requested) ?? map.table;
  const exports = mapFact(withModuleExports(root, release, mapFact(table, symbolsOf), wanted), (symbols) => ({
    kind: table.known ? table.value.kind : ('system-map' as const),
    symbols,
  }));
  const ways = abiOfAll(root, config, image, own);
  const vermagic = firstKnown(
    () => chainFact(image, ({ loader }) => loader.vermagic),
    () => vermagicOf(known(release), config, NO_SEED),
    () => mapFact(own, (module) => module.vermagic),
  );
  const base = { ...ways, vermagic, exports };
  const checksIt = orElse(mapFact(config, checksBtf), () =>
    chainFact(image, ({ loader }) => loader.checksBtf),
  );
  const installation = installedAt === null ? NO_IMAGE : known(installedAt);
  const abi: KernelAbi = {
    ...base,
    source: image.known && image.value.exports.known ? image.value.path : map.source,
    trustedKeys: trustedKeys(config, image, own),
    versionGaps: readVersionGaps(root, null, known(release)),
    switchedOff: false,
    blacklist: [],
    structSize: structSizeBy(own.known ? own.value : null, base, true),
    btfSince: chainFact(checksIt, (checks) => (checks ? installation : known(null))),
    elf: firstKnown(
      () => chainFact(image, ({ elf }) => elf),
      () => machineOfConfig(config),
      () => mapFact(own, ({ elf }) => elf),
      () => NO_BUILD,
    ),
  };
  const exported = mapFact(table, ({ symbols }) => new Set(Object.keys(symbols)));
  const builtin = mapFact(config, ({ options }) => options.AUFS_FS === 'y');
  return { abi, carries: carriesBySymbols(map.present, exported, builtin, known(release)) };
}

/** From the configuration; if that is unknown, from the image or the kernel's own modules. */
function abiOfAll(
  root: Root,
  config: Fact<KernelConfig>,
  image: Fact<KernelImage>,
  own: Fact<OwnModule>,
): ConfigAbi {
  const secureBoot = readSecureBoot(root);
  if (config.known || !image.known) {
    const abi = abiOfConfig(config, secureBoot);
    const byModule = mapFact(own, ({ vermagic }) => hasModversions(vermagic));
    return { ...abi, modversions: orElse(abi.modversions, () => byModule) };
  }
  return abiOfImage(image.value, secureBoot);
}

function symbolsOf({ symbols }: ExportTable): ExportTable['symbols'] {
  return symbols;
}

/** null: there is no image, or it does not show its exports. */
function ofImage(image: Fact<KernelImage>, wanted: ReadonlySet<string>): Fact<ExportTable> | null {
  if (!image.known || !image.value.exports.known) return null;
  const all = image.value.exports.value;
  const symbols: Record<string, KernelExport> = {};
  for (const name of wanted) {
    const found = all.get(name);
    if (found !== undefined) symbols[name] = found;
  }
  return known({ kind: 'vmlinux', symbols });
}

interface MapFacts {
  readonly source: string;
  readonly table: Fact<ExportTable>;
  readonly present: Fact<ReadonlySet<string>>;
}

function readMap(root: Root, release: string, requested: ReadonlySet<string>): MapFacts {
  const named = findNamed(root, '/boot', 'System.map', release);
  const path = [...(named.known ? [named.value] : []), `/lib/modules/${release}/System.map`].find(
    (candidate) => root.lstat(candidate).known,
  );
  const map: Fact<Buffer> =
    path === undefined
      ? unknown('no-data', `there is no System.map of ${release}`)
      : root.readBytes(path, MAP_MAX);
  const symbols = mapFact(map, (bytes) => readSymbolMap(bytes, requested, CARRIED_SYMBOLS));
  // Debian installs a file of a few words in its place.
  const sound = chainFact(symbols, (found) =>
    found.sound ? known(found) : unknown('malformed', `${path} holds no symbols`),
  );
  return {
    source: path ?? `nothing of ${release}`,
    table: mapFact(
      chainFact(sound, (found) => found.exports),
      (found) => ({
        kind: 'system-map' as const,
        symbols: found,
      }),
    ),
    present: mapFact(sound, (found) => found.present),
  };
}

/** The certificates in the image, and the one that signed the kernel's own modules. */
function trustedKeys(
  config: Fact<KernelConfig>,
  image: Fact<KernelImage>,
  own: Fact<OwnModule>,
): Fact<TrustedKeys> {
  const ofImage = image.known ? image.value.signers : [];
  const name = own.known ? own.value.signer : null;
  const isNew = name !== null && ofImage.every((signer) => signer.name !== name);
  const signers = isNew ? [...ofImage, { name, key: null }] : ofImage;
  if (signers.length === 0) return image.known ? NO_KEYS : NO_BUILD;
  return known({ signers, open: hasOpenKeyrings(config) });
}

const NO_KEYS = unknown('no-data', 'the image shows no certificates');

/**
 * `PREFIX-RELEASE`, or the names of genkernel: `System.map-genkernel-x86_64-RELEASE` up to version 3, and
 * `/etc/kernels/kernel-config-x86_64-RELEASE` for the configuration that it compiled with.
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
