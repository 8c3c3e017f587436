import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { writeElf } from '../../../src/demo/elf.ts';
import { known, unknown } from '../../../src/model/fact.ts';
import { sourceOfBuffer } from '../../../src/system/bytes.ts';
import { openRoot } from '../../../src/system/root.ts';
import { readKernelExports } from '../../../src/system/vmlinux/kernel-exports.ts';
import { readKernelImage } from '../../../src/system/vmlinux/kernel-image.ts';
import { layOut, temporaryDirectory } from '../../support/temporary.ts';

/**
 * Kernels of other versions: the contents of their tables, and how they are found. Every section begins at address 0.
 */
interface Form {
  readonly relative: boolean;
  readonly wide: boolean;
  readonly namespaces: boolean;
}

const TEXTS = ['kmalloc', 'MY_NS', 'bpf_run'];
const STRINGS = Buffer.from(`\0${TEXTS.join('\0')}\0`, 'latin1');
const textAt = (text: string): number => STRINGS.indexOf(`${text}\0`, 0, 'latin1');

function table(form: Form, entries: readonly (readonly [name: string, namespace: string])[]): Buffer {
  const size = form.wide ? 8 : 4;
  const fields = entries.flatMap(([name, namespace]) => [
    0x1000,
    textAt(name),
    ...(form.namespaces ? [namespace === '' ? 0 : textAt(namespace)] : []),
  ]);
  const bytes = Buffer.alloc(fields.length * size);
  for (const [index, target] of fields.entries()) {
    const at = index * size;
    const value = form.relative && target !== 0 ? target - at : target;
    if (form.wide) bytes.writeBigInt64LE(BigInt(value), at);
    else bytes.writeInt32LE(value, at);
  }
  return bytes;
}

function words(...numbers: readonly number[]): Buffer {
  const bytes = Buffer.alloc(numbers.length * 4);
  for (const [index, number] of numbers.entries()) bytes.writeUInt32LE(number, index * 4);
  return bytes;
}

function kernel(sections: Readonly<Record<string, Buffer>>): Buffer {
  return writeElf({
    kind: 'relocatable',
    sections: Object.entries(sections).map(([name, bytes]) => ({
      name,
      type: 'progbits',
      flags: 'A',
      bytes,
      align: 8,
    })),
    symbols: [],
  });
}

const FORMS: Readonly<Record<string, Form>> = {
  'relative with namespaces, since 5.4': { relative: true, wide: false, namespaces: true },
  'relative, since 4.19': { relative: true, wide: false, namespaces: false },
  'addresses of 64 bits with namespaces': { relative: false, wide: true, namespaces: true },
  'addresses of 64 bits': { relative: false, wide: true, namespaces: false },
};

for (const [name, form] of Object.entries(FORMS)) {
  test(`exports by ${name}`, () => {
    const exports = readKernelExports(
      sourceOfBuffer(
        kernel({
          __ksymtab: table(form, [['kmalloc', '']]),
          __ksymtab_gpl: table(form, [['bpf_run', 'MY_NS']]),
          __kcrctab: words(0x11111111),
          __kcrctab_gpl: words(0xffffffff),
          __ksymtab_strings: STRINGS,
        }),
      ),
    );
    assert.ok(exports.known, JSON.stringify(exports));
    const namespace = form.namespaces ? 'MY_NS' : '';
    assert.deepEqual(
      [...exports.value],
      [
        ['kmalloc', { crc: 0x11111111, gplOnly: false, namespace: '', from: 'vmlinux' }],
        ['bpf_run', { crc: 0xffffffff, gplOnly: true, namespace, from: 'vmlinux' }],
      ],
    );
  });
}

const RELATIVE: Form = { relative: true, wide: false, namespaces: true };

test('without MODVERSIONS, with flags instead of a table for GPL, and with nothing', () => {
  const entries = [
    ['bpf_run', ''],
    ['kmalloc', ''],
  ] as const;
  const tables = { __ksymtab: table(RELATIVE, entries), __ksymtab_strings: STRINGS };
  const flagged = readKernelExports(sourceOfBuffer(kernel({ ...tables, __kflagstab: Buffer.from([1, 0]) })));
  assert.ok(flagged.known);
  assert.deepEqual(
    [...flagged.value.values()].map(({ crc, gplOnly }) => [crc, gplOnly]),
    [
      [0, true],
      [0, false],
    ],
  );
  const none = readKernelExports(sourceOfBuffer(kernel({ '.rodata': Buffer.alloc(16) })));
  assert.ok(!none.known && none.code === 'no-data');
  const odd = readKernelExports(sourceOfBuffer(kernel({ ...tables, __ksymtab: Buffer.alloc(24, 0xee) })));
  assert.ok(!odd.known && odd.code === 'malformed');
});

test('the configuration inside (IKCONFIG), and the messages of the loader', () => {
  const config = gzipSync('CONFIG_MODULES=y\nCONFIG_MODVERSIONS=y\nCONFIG_FUSE_FS=m\n');
  const texts = [
    '6.6.30-gentoo SMP preempt mod_unload modversions ',
    '6.6.30-gentoo (root@gentoo) #1',
    "\x013%s: version magic '%s' should be '%s'\n",
    '\x014%s: module uses symbol (%s) from namespace %s, but does not import it.\n',
    '\x013not a zstd compressed module\n',
  ];
  const rodata = Buffer.concat([
    Buffer.from(`\0${texts.join('\0')}\0IKCFG_ST`, 'latin1'),
    config,
    Buffer.from('IKCFG_ED\0'),
  ]);
  const bytes = kernel({
    '.rodata': rodata,
    __ksymtab: table(RELATIVE, [['kmalloc', '']]),
    __ksymtab_strings: STRINGS,
  });
  const directory = temporaryDirectory();
  layOut(directory, { 'boot/vmlinux': bytes });
  const image = readKernelImage(openRoot(directory), '/boot/vmlinux', '6.6.30-gentoo');
  assert.ok(image.known && image.value.config.known, JSON.stringify(image));
  assert.deepEqual(image.value.config.value.options, { MODULES: 'y', MODVERSIONS: 'y', FUSE_FS: 'm' });
  assert.deepEqual(image.value.loader, {
    vermagic: known('6.6.30-gentoo SMP preempt mod_unload modversions '),
    signatures: known(false),
    enforced: known(false),
    forceLoad: known(false),
    namespacesOptional: known(true),
    livepatch: known(true),
    unpacks: known('zstd'),
    // In kernels before 6.12 the texts do not show it.
    checksBtf: unknown('no-data', 'whether the kernel lets BTF pass that does not fit'),
  });
});
