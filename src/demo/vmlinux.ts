import { gzipSync } from 'node:zlib';
import { bzImage } from './bzimage.ts';
import { writeElf } from './elf.ts';
import { kernelExports } from './exports.ts';
import { type Build, bannerOf, buildIdOf, imageVersionText } from './kernel.ts';
import { kernelNotes } from './notes.ts';
import { functionsOfPatch } from './patch-set.ts';

/** vmlinux: an ELF executable with linux_banner and the notes. */
export function vmlinux(build: Build): Buffer {
  return writeElf({
    kind: 'executable',
    sections: [
      { name: '.text', type: 'progbits', flags: 'AX', bytes: Buffer.alloc(64, 0xc3), align: 16 },
      {
        name: '.rodata',
        type: 'progbits',
        flags: 'A',
        bytes: Buffer.from(`${bannerOf(build)}\0`),
        align: 32,
      },
      { name: '.notes', type: 'note', flags: 'A', bytes: kernelNotes(buildIdOf(build)), align: 4 },
    ],
    symbols: kernelFunctions(build).map((name) => ({
      name,
      section: '.text',
      value: 0,
      size: 16,
      bind: 'global',
      type: 'func',
    })),
  });
}

/** arch/x86/boot/bzImage. */
export function kernelImage(build: Build): Buffer {
  return bzImage(imageVersionText(build), gzipSync(vmlinux(build)));
}

/**
 * System.map: `nm -n vmlinux` without the symbols that scripts/mksysmap drops. The entries of the export table are
 * between __start and __stop of their kind, which distinguishes EXPORT_SYMBOL from EXPORT_SYMBOL_GPL.
 */
export function systemMap(build: Build): string {
  const lines = systemMapLines(build);
  return lines
    .map(([type, name], at) => `${(0xffffffff81000000n + BigInt(at * 16)).toString(16)} ${type} ${name}\n`)
    .join('');
}

/** /proc/kallsyms as users other than root see it (kptr_restrict): without addresses. */
export function kallsyms(build: Build): string {
  return systemMapLines(build)
    .map(([type, name]) => `0000000000000000 ${type} ${name}\n`)
    .join('');
}

function systemMapLines(build: Build): [string, string][] {
  const exported = kernelExports(build);
  const table = (gplOnly: boolean): [string, string][] => {
    const suffix = gplOnly ? '_gpl' : '';
    const entries = exported.filter((symbol) => symbol.gplOnly === gplOnly);
    return [
      ['R', `__start___ksymtab${suffix}`],
      ...entries.map(({ name }): [string, string] => ['r', `__ksymtab_${name}`]),
      ['R', `__stop___ksymtab${suffix}`],
    ];
  };
  return [
    ['T', '_text'],
    ...kernelFunctions(build).map((name): [string, string] => ['T', name]),
    ['D', 'linux_banner'],
    ...table(false),
    ...table(true),
    ['B', '_end'],
  ];
}

function kernelFunctions(build: Build): string[] {
  const own = build.patch === null ? [] : functionsOfPatch(build.patch.parts);
  return [...new Set([...kernelExports(build).map(({ name }) => name), ...own])]
    .filter((name) => name !== 'module_layout')
    .sort();
}
