import type { KernelSigner } from '../../model/abi.ts';
import type { KernelConfig } from '../../model/config.ts';
import { type Fact, known, unknown } from '../../model/fact.ts';
import { type ByteSource, sourceOfFile, stretchOf } from '../bytes.ts';
import { parseKernelConfig } from '../config.ts';
import { decompress } from '../decompress.ts';
import type { Elf } from '../elf/sections.ts';
import { MIB } from '../open-file.ts';
import type { Root } from '../root.ts';
import { readBuiltInSigners } from './built-in-signers.ts';
import { findTexts } from './find-texts.ts';
import { readKernelElf } from './kernel-elf.ts';
import { type Exports, readKernelExports } from './kernel-exports.ts';
import { type LoaderFacts, loaderFacts, WORDS } from './loader-facts.ts';
import { withKernel } from './payload.ts';

/** The facts about module loading that an image alone has. */
export interface KernelImage {
  readonly path: string;
  readonly exports: Fact<Exports>;
  /** ELF class, byte order and machine of its modules, as `64 little 62`. */
  readonly elf: Fact<string>;
  /** Known if it was compiled in (IKCONFIG). */
  readonly config: Fact<KernelConfig>;
  /** From the certificates that were compiled in. */
  readonly signers: readonly KernelSigner[];
  readonly loader: LoaderFacts;
}

/** Decompresses an image and reads it. Takes up to some seconds, some ten MB of memory and 60 MB on the disk. */
export function readKernelImage(root: Root, path: string, release: string): Fact<KernelImage> {
  return root.withFile(path, (file) =>
    withKernel(sourceOfFile(file), (kernel) => inspect(kernel, path, release, file.stat.mtime)),
  );
}

function inspect(kernel: ByteSource, path: string, release: string, mtime: number): Fact<KernelImage> {
  const elf = readKernelElf(kernel);
  if (elf?.known === false) return elf;
  const headers = elf?.value ?? null;
  const texts = findTexts(textsOf(kernel, headers), [...WORDS, IKCONFIG, release]);
  const exports = readKernelExports(kernel);
  const loader = loaderFacts(kernel, headers, texts, release, exports.known);
  // Without the texts of a kernel: another program that boots like one.
  if (!exports.known && !loader.vermagic.known) return exports;
  return known({
    path,
    exports,
    elf: machineOf(kernel, headers),
    config: configIn(kernel, headers, texts.get(IKCONFIG)?.[0]?.at ?? null, path, mtime),
    signers: readBuiltInSigners(kernel, headers),
    loader,
  });
}

/** In a kernel with section headers, one section has all texts. */
function textsOf(kernel: ByteSource, elf: Elf | null): ByteSource {
  const section = elf?.sections.find(({ name }) => name === '.rodata');
  return section === undefined ? kernel : stretchOf(kernel, section.offset, section.size);
}

const IKCONFIG = 'IKCFG_ST';
const CONFIG_MAX = MIB;

/** `IKCFG_ST`, the configuration compressed by gzip, `IKCFG_ED` (kernel/configs.c). */
function configIn(
  kernel: ByteSource,
  elf: Elf | null,
  at: number | null,
  path: string,
  mtime: number,
): Fact<KernelConfig> {
  if (at === null) return unknown('no-data', `${path} does not hold its configuration (IKCONFIG)`);
  const texts = textsOf(kernel, elf);
  const bytes = texts.read(at, CONFIG_MAX);
  const begin = bytes.indexOf(IKCONFIG, 0, 'latin1') + IKCONFIG.length;
  const end = bytes.indexOf('IKCFG_ED', begin, 'latin1');
  if (end === -1) return unknown('malformed', `the configuration in ${path} has no end`);
  const text = decompress(bytes.subarray(begin, end), 'gzip', { max: 4 * MIB });
  return text.known
    ? parseKernelConfig(path, mtime, text.value.toString('utf8'))
    : unknown(text.code, `the configuration in ${path} does not unpack: ${text.detail}`);
}

/** Marks at 0x38 of plain images (Documentation/arch/arm64/booting.rst, .../riscv/boot-image-header.rst). */
const MARKS: Readonly<Record<number, string>> = { 1682788929: '64 little 183', 88298322: '64 little 243' };

function machineOf(kernel: ByteSource, elf: Elf | null): Fact<string> {
  if (elf !== null) return known(elf.identity);
  const head = kernel.read(0, 0x40);
  const machine = head.length === 0x40 ? MARKS[head.readUInt32LE(0x38)] : undefined;
  return machine === undefined ? unknown('no-data', 'the image does not tell its machine') : known(machine);
}
