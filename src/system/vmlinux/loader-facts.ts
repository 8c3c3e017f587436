import { MODULE_COMPRESSIONS, type ModuleCompression } from '../../model/compression.ts';
import { type Fact, known, type Unknown, unknown } from '../../model/fact.ts';
import { releaseAtLeast } from '../../model/release-version.ts';
import type { ByteSource } from '../bytes.ts';
import { type Elf, SHT_NOBITS, viewOf } from '../elf/sections.ts';
import { MIB } from '../open-file.ts';
import type { FoundText } from './find-texts.ts';

/**
 * The options of a kernel for modules, by the texts of its module loader (kernel/module): each text is compiled in with
 * its option only.
 */
export interface LoaderFacts {
  readonly vermagic: Fact<string>;
  /** CONFIG_MODULE_SIG */
  readonly signatures: Fact<boolean>;
  /** CONFIG_MODULE_SIG_FORCE, lockdown by configuration, or by Secure Boot: `firmware` decides. */
  readonly enforced: Fact<boolean | 'firmware'>;
  /** CONFIG_MODULE_FORCE_LOAD */
  readonly forceLoad: Fact<boolean>;
  /** CONFIG_MODULE_ALLOW_MISSING_NAMESPACE_IMPORTS */
  readonly namespacesOptional: Fact<boolean>;
  /** CONFIG_LIVEPATCH */
  readonly livepatch: Fact<boolean>;
  /** The compression that it decompresses itself (CONFIG_MODULE_DECOMPRESS); null: none. */
  readonly unpacks: Fact<ModuleCompression | null>;
  /** Does it refuse a module whose BTF does not match (DEBUG_INFO_BTF_MODULES without MODULE_ALLOW_BTF_MISMATCH)? */
  readonly checksBtf: Fact<boolean>;
}

const PARAMETER = 'module.sig_enforce';
const FORCED = ': kernel tainted.';
const NAMESPACE = ' but does not import it.';
const LIVEPATCH = 'livepatch support is disabled';
const LOCKED_DOWN = 'Kernel configuration';
const LOCKED_BY_FIRMWARE = 'EFI Secure Boot';
const IMA_BY_FIRMWARE = 'measure func=KEXEC_KERNEL_CHECK';
const PACKED = 'compressed module';
const BTF = 'failed to validate module [';
/** Every module loader has this text. */
const LOADER = 'version magic ';

export const WORDS = [
  PARAMETER,
  FORCED,
  NAMESPACE,
  LIVEPATCH,
  LOCKED_DOWN,
  LOCKED_BY_FIRMWARE,
  IMA_BY_FIRMWARE,
  PACKED,
  BTF,
  LOADER,
] as const;

type Texts = ReadonlyMap<string, readonly FoundText[]>;

const NO_LOADER = unknown('no-data', 'the image does not show the texts of its module loader');

/** `exportsSymbols`: does the kernel have tables of exports? One without modules has none. */
export function loaderFacts(
  kernel: ByteSource,
  elf: Elf | null,
  texts: Texts,
  release: string,
  exportsSymbols: boolean,
): LoaderFacts {
  const of = (word: string): readonly FoundText[] => texts.get(word) ?? [];
  if (!exportsSymbols || of(LOADER).length === 0) return unknownLoader(NO_LOADER);
  const has = (word: string, whole: string): boolean => of(word).some(({ text }) => text === whole);
  const vermagic = of(release).find(({ text }) => isVermagic(text, release));
  // A text for the log begins with byte 1 and the level.
  const namespace = of(NAMESPACE)[0]?.text;
  return {
    vermagic: vermagic === undefined ? NO_LOADER : known(vermagic.text),
    signatures: known(has(PARAMETER, PARAMETER)),
    enforced: enforced(kernel, elf, of, release),
    forceLoad: known(has(FORCED, '\x014%s: %s: kernel tainted.\n')),
    namespacesOptional: known(namespace?.startsWith('\x014') === true),
    livepatch: known(of(LIVEPATCH).length === 0),
    unpacks: known(compressionIn(of(PACKED).map(({ text }) => text))),
    checksBtf: checksBtf(of(BTF), release),
  };
}

function unknownLoader(why: Unknown): LoaderFacts {
  return {
    vermagic: why,
    signatures: why,
    enforced: why,
    forceLoad: why,
    namespacesOptional: why,
    livepatch: why,
    unpacks: why,
    checksBtf: why,
  };
}

/** Without the text, a mismatch is allowed: seen in 6.12. In 6.1 every kernel has the text. */
function checksBtf(texts: readonly FoundText[], release: string): Fact<boolean> {
  return releaseAtLeast(release, 6, 12) === true
    ? known(texts.length > 0)
    : unknown('no-data', 'whether the kernel lets BTF pass that does not fit');
}

/** A vermagic is the release and words, each with a blank after it (include/linux/vermagic.h). */
function isVermagic(text: string, release: string): boolean {
  if (!text.startsWith(`${release} `)) return false;
  return /^(?:[\w-]+ )*[\w-]*$/.test(text.slice(release.length + 1));
}

function compressionIn(texts: readonly string[]): ModuleCompression | null {
  const all = texts.join('\n');
  return (
    MODULE_COMPRESSIONS.find((name) => new RegExp(`not an? ${name} compressed module`).test(all)) ?? null
  );
}

function enforced(
  kernel: ByteSource,
  elf: Elf | null,
  of: (word: string) => readonly FoundText[],
  release: string,
): LoaderFacts['enforced'] {
  const is = (word: string): boolean => of(word).some(({ text }) => text === word);
  if (is(LOCKED_DOWN))
    return unknown('no-data', 'whether lockdown, which it is configured for, is among its security modules');
  if (is(PARAMETER)) {
    const forced = elf === null ? null : valueOfParameter(kernel, elf, of(PARAMETER));
    if (forced === null) return unknown('no-data', 'whether CONFIG_MODULE_SIG_FORCE is set');
    if (forced) return known(true);
  } else if (releaseAtLeast(release, 5, 0) !== true) {
    // Up to 4.20, CONFIG_MODULE_SIG_FORCE removed the parameter.
    return unknown('no-data', 'whether CONFIG_MODULE_SIG_FORCE is set');
  }
  const byFirmware = is(LOCKED_BY_FIRMWARE) || (is(PARAMETER) && is(IMA_BY_FIRMWARE));
  return known(byFirmware ? 'firmware' : false);
}

const PARAMETERS_MAX = MIB;

/**
 * The initial value of the parameter. struct kernel_param (include/linux/moduleparam.h) has the address of the name in
 * its first word, and that of the value in the fifth.
 */
function valueOfParameter(kernel: ByteSource, elf: Elf, names: readonly FoundText[]): boolean | null {
  const section = elf.sections.find(({ name }) => name === '__param');
  const texts = elf.sections.find(({ name }) => name === '.rodata');
  const name = names.find(({ text }) => text === PARAMETER);
  if (section === undefined || texts === undefined || name === undefined || elf.bits !== 64) return null;
  const bytes = kernel.read(section.offset, Math.min(section.size, PARAMETERS_MAX));
  const view = viewOf(bytes, 64, elf.little);
  const wanted = texts.address + BigInt(name.at);
  for (let at = 0; at + 40 <= bytes.length; at += 40) {
    if (view.wide(at) !== wanted) continue;
    const address = view.wide(at + 32);
    const holder = elf.sections.find(
      (candidate) =>
        candidate.address !== 0n &&
        address >= candidate.address &&
        address < candidate.address + BigInt(candidate.size),
    );
    if (holder === undefined) return null;
    if (holder.type === SHT_NOBITS) return false;
    const [byte] = kernel.read(holder.offset + Number(address - holder.address), 1);
    return byte === undefined ? null : byte !== 0;
  }
  return null;
}
