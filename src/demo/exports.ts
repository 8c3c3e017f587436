import { crcOf } from './hash.ts';
import type { Build } from './kernel.ts';
import { exportsOfPatch } from './patch-set.ts';

export interface ExportedSymbol {
  readonly name: string;
  /** 0 without CONFIG_MODVERSIONS. */
  readonly crc: number;
  readonly gplOnly: boolean;
}

/** Exports of the kernel's own code: a few of the ten thousand. */
const PLAIN = [
  '__fentry__',
  '__kmalloc',
  '__stack_chk_fail',
  '__x86_return_thunk',
  '_printk',
  'kfree',
  'memcpy',
];
const PLAIN_GPL = ['debugfs_create_file', 'kobject_put', 'sysfs_create_group'];
/** Symbols whose CRC depends on structures that the mmap patch changes (vm_area_struct, and all that refer to it). */
const LAYOUT = [
  'd_path',
  'dput',
  'fput',
  'iput',
  'kern_path',
  'module_layout',
  'register_filesystem',
  'seq_printf',
];
const LAYOUT_GPL = ['vfs_truncate', 'vfs_submount'];

/** The symbols that a kernel exports from vmlinux, with the CRCs of this build, sorted by name. */
export function kernelExports(build: Build): ExportedSymbol[] {
  const patched = build.patch === null ? [] : exportsOfPatch(build.patch.parts);
  const symbols = [
    ...[...PLAIN, ...LAYOUT].map((name) => ({ name, gplOnly: false })),
    ...[...PLAIN_GPL, ...LAYOUT_GPL, ...patched].map((name) => ({ name, gplOnly: true })),
  ];
  return symbols
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((symbol) => ({ ...symbol, crc: symbolCrc(build, symbol.name) }));
}

/** The CRC of a symbol of vmlinux or of a module in this build; 0 without MODVERSIONS. */
export function symbolCrc(build: Build, symbol: string): number {
  if (build.config.MODVERSIONS !== 'y') return 0;
  if (PLAIN.includes(symbol) || PLAIN_GPL.includes(symbol)) return crcOf(symbol);
  const layout = build.patch?.parts.includes('mmap') ? build.patch.set : 'plain';
  return crcOf(`${symbol} ${build.version} ${layout}`);
}

/** Module.symvers: CRC, symbol, exporting object, type of export, namespace (none), separated by TABs. */
export function symversText(build: Build): string {
  return kernelExports(build)
    .map(({ name, crc, gplOnly }) => {
      const type = gplOnly ? 'EXPORT_SYMBOL_GPL' : 'EXPORT_SYMBOL';
      return `0x${crc.toString(16).padStart(8, '0')}\t${name}\tvmlinux\t${type}\t\n`;
    })
    .join('');
}
