import type { Disk } from './disk.ts';
import { writeElf } from './elf.ts';
import { symversText } from './exports.ts';
import { autoConfText, type Build, COMPILER, releaseOf, utsVersion } from './kernel.ts';
import { inTreeModules } from './modules-in-tree.ts';
import { NEVER_COMPILED, TOUCHED } from './patch-set.ts';
import { kernelImage, systemMap, vmlinux } from './vmlinux.ts';

/** The files that `make` wrote. */
export interface BuildProducts {
  readonly kernel: Build;
  /** `interrupted`: objects, but neither vmlinux nor image. */
  readonly state: 'complete' | 'interrupted';
  /** The O= directory; null: the products are in the tree itself. */
  readonly output: string | null;
  /** Duration, ms. The configuration is read at the start; the objects are half a build older than the image. */
  readonly duration: number;
}

/** The time at which a product is written, as the share of the build that is still to come. */
const START = 1;
const COMPILED = 0.5;
const LINKED = 0.1;

/**
 * Writes the products of a compilation of the tree at `tree`, with times up to `kernel.at`. `stripped`: as the package of
 * a distribution kernel installs the tree, without objects and vmlinux.
 */
export function writeBuild(disk: Disk, tree: string, products: BuildProducts, stripped = false): void {
  const { kernel } = products;
  const directory = products.output ?? tree;
  const put = (path: string, content: string | Uint8Array, share: number): void =>
    disk.file(`${directory}/${path}`, content, kernel.at - share * products.duration);
  if (products.output !== null) disk.link(`${directory}/source`, tree, kernel.at - products.duration);

  put('include/config/auto.conf', autoConfText(kernel.config), START);
  put('include/config/kernel.release', `${releaseOf(kernel)}\n`, START);
  put('include/generated/autoconf.h', autoconfHeader(kernel), START);
  put('include/generated/utsrelease.h', `#define UTS_RELEASE "${releaseOf(kernel)}"\n`, START);
  const objects = stripped ? [] : compiledFiles(kernel);
  for (const path of objects) put(path, objectFile(path), COMPILED);
  if (products.state === 'interrupted') return;

  if (!stripped) put('.version', `${kernel.number}\n`, LINKED);
  for (const [path, text] of versionHeaders(kernel)) put(path, text, LINKED);
  put('Module.symvers', symversText(kernel), LINKED);
  if (!stripped) put('vmlinux', vmlinux(kernel), LINKED);
  put('System.map', systemMap(kernel), LINKED);
  // In modules.order only modules_install puts kernel/ before the paths; modules.builtin always has it.
  put('modules.order', paths(kernel, 'm').replaceAll(/^kernel\//gm, ''), LINKED);
  put('modules.builtin', paths(kernel, 'y'), LINKED);
  put('arch/x86/boot/bzImage', kernelImage(kernel), 0);
  disk.link(`${directory}/arch/x86_64/boot/bzImage`, '../../x86/boot/bzImage', kernel.at);
}

/** Objects of the patched files that were compiled, relative to the build directory. */
function compiledFiles(kernel: Build): string[] {
  const parts = kernel.patch?.parts ?? [];
  const sources = TOUCHED.filter((file) => file.path.endsWith('.c') && !NEVER_COMPILED.has(file.path))
    // A file that the patch creates is compiled only if it existed.
    .filter((file) => !file.isNew || parts.includes(file.component));
  return [...new Set(sources.map((file) => file.path.replace(/c$/, 'o')))];
}

function objectFile(path: string): Buffer {
  const name = path.replace(/\W/g, '_');
  return writeElf({
    kind: 'relocatable',
    sections: [{ name: '.text', type: 'progbits', flags: 'AX', bytes: Buffer.from([0xc3]), align: 16 }],
    symbols: [{ name, section: '.text', value: 0, size: 1, bind: 'global', type: 'func' }],
  });
}

/** UTS_VERSION has its own header since 5.19. */
function versionHeaders(kernel: Build): [string, string][] {
  const uts = `#define UTS_VERSION "${utsVersion(kernel)}"\n`;
  const compile = [
    '#define UTS_MACHINE\t\t"x86_64"',
    '#define LINUX_COMPILE_BY\t"root"',
    '#define LINUX_COMPILE_HOST\t"gentoo"',
    `#define LINUX_COMPILER\t\t"${COMPILER}, GNU ld (Gentoo 2.42 p6) 2.42.0"`,
    '',
  ].join('\n');
  const [major = 0, minor = 0] = kernel.version.split('.').map(Number);
  if (major > 5 || (major === 5 && minor >= 19)) {
    return [
      ['include/generated/utsversion.h', uts],
      ['include/generated/compile.h', compile],
    ];
  }
  return [['include/generated/compile.h', `${uts}${compile}`]];
}

function autoconfHeader(kernel: Build): string {
  return Object.entries(kernel.config)
    .map(([name, value]) => {
      if (value === 'm') return `#define CONFIG_${name}_MODULE 1\n`;
      return `#define CONFIG_${name} ${value === 'y' ? '1' : value}\n`;
    })
    .join('');
}

function paths(kernel: Build, how: 'm' | 'y'): string {
  return inTreeModules(kernel, how)
    .map(({ path }) => `${path}\n`)
    .join('');
}
