import { dirname } from 'node:path';
import type { Root } from '../root.ts';

export interface BuiltImage {
  readonly path: string;
  readonly mtime: number;
}

/**
 * Images of each architecture, relative to the build directory: KBUILD_IMAGE and the default targets of its Makefile,
 * and the images that dist-kernel-utils.eclass installs.
 */
const IMAGES: Readonly<Record<string, readonly string[]>> = {
  alpha: ['arch/alpha/boot/vmlinux.gz'],
  arm: ['arch/arm/boot/zImage', 'arch/arm/boot/xipImage'],
  arm64: ['arch/arm64/boot/vmlinuz.efi', 'arch/arm64/boot/Image.gz', 'arch/arm64/boot/Image'],
  ia64: ['vmlinux.gz'],
  loongarch: [
    'arch/loongarch/boot/vmlinuz.efi',
    'arch/loongarch/boot/vmlinux.efi',
    'arch/loongarch/boot/vmlinux.elf',
  ],
  m68k: ['vmlinux.gz', 'vmlinux'],
  mips: ['vmlinuz', 'vmlinux'],
  parisc: ['vmlinuz', 'vmlinux'],
  powerpc: ['vmlinux'],
  riscv: ['arch/riscv/boot/vmlinuz.efi', 'arch/riscv/boot/Image.gz', 'arch/riscv/boot/Image'],
  s390: ['arch/s390/boot/bzImage'],
  sparc: ['arch/sparc/boot/zImage', 'arch/sparc/boot/image', 'vmlinux'],
  um: ['linux'],
  x86: ['arch/x86/boot/bzImage'],
};

/** Beginning of UTS_MACHINE → directory under arch; '' is the matched text itself. From the Makefiles there. */
const MACHINES: readonly (readonly [RegExp, string])[] = [
  [/^(x86_64|i\d86)$/, 'x86'],
  [/^aarch64/, 'arm64'],
  [/^arm/, 'arm'],
  [/^ppc/, 'powerpc'],
  [/^(riscv|s390|sparc|mips|parisc|loongarch)/, ''],
];

/** USE=generic-uki creates a unified kernel image here (kernel-build.eclass, src_install). */
const UKI = 'uki.efi';

/**
 * The image in a build directory; null: none. `machine`: UTS_MACHINE of that build; null if unknown: then the images
 * of all architectures are candidates, except names that may be something else. The newest counts. Empty files do
 * not: kernel-build.eclass leaves an empty file in place of the image that USE=generic-uki does not install.
 */
export function findBuiltImage(root: Root, directory: string, machine: string | null): BuiltImage | null {
  const architecture = machine === null ? undefined : architectureOf(machine);
  const names = architecture === undefined ? ofAllArchitectures() : IMAGES[architecture];
  let newest: BuiltImage | null = null;
  for (const name of withUki(names ?? [])) {
    const path = `${directory}/${name}`;
    const stat = root.stat(path);
    if (!stat.known || stat.value.type !== 'file' || stat.value.size === 0) continue;
    if (newest === null || stat.value.mtime > newest.mtime) newest = { path, mtime: stat.value.mtime };
  }
  return newest;
}

function withUki(names: readonly string[]): string[] {
  const directories = names.filter((name) => name.startsWith('arch/')).map((name) => dirname(name));
  return [...names, ...[...new Set(directories)].map((directory) => `${directory}/${UKI}`)];
}

function architectureOf(machine: string): string | undefined {
  for (const [pattern, architecture] of MACHINES) {
    const match = pattern.exec(machine);
    if (match !== null) return architecture === '' ? match[1] : architecture;
  }
  return Object.hasOwn(IMAGES, machine) ? machine : undefined;
}

/** Without vmlinux: for most architectures it is only an input of the image. */
function ofAllArchitectures(): string[] {
  return Object.values(IMAGES)
    .flat()
    .filter((name) => name.startsWith('arch/') || name === 'linux');
}
