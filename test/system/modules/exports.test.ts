import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ModuleFile, ModuleInfo } from '../../../src/model/module.ts';
import { readModule } from '../../../src/system/modules/read-module.ts';
import { openRoot } from '../../../src/system/root.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import { needs } from '../../support/tools.ts';

/** Tables of exports that the installed kernel headers do not produce, written in assembler. */

const skip = needs('gcc', 'strip');

test('with a table of flags, the flag and not the section says what is for GPL-compatible modules only', {
  skip,
}, () => {
  const info = assembled(`
    ${entries('__ksymtab', 'free', 'kept')}
    .section __kcrctab,"a"
    .long 0x11, 0x22
    .section __kflagstab,"a"
    .byte 0, 1
  `);
  assert.deepEqual(info.exports, [
    { name: 'free', crc: 0x11, gplOnly: false, namespace: '' },
    { name: 'kept', crc: 0x22, gplOnly: true, namespace: '' },
  ]);
  assert.equal(info.exportsWithoutCrc, false);
});

test('an export without a CRC does not affect others, and neither does a missing table', {
  skip,
}, () => {
  const two = entries('__ksymtab', 'one', 'two');
  const crcs = '.section __kcrctab,"a"\n.long __crc_one\n.weak __crc_two\n.long __crc_two\n';
  const some = assembled(`${two}${crcs}.globl __crc_one\n.set __crc_one, 0x77\n`);
  assert.equal(some.exportsWithoutCrc, false);
  assert.deepEqual(
    some.exports.map(({ name, crc }) => [name, crc]),
    [
      ['one', 0x77],
      ['two', null],
    ],
  );
  assert.equal(assembled(two).exportsWithoutCrc, true);
});

// Linux 3.x on 32 bits, 5.10 with its CRCs as relative offsets, and the namespaces of 5.4.
const OLD: Readonly<Record<string, { flags: readonly string[]; lines: string }>> = {
  'addresses, and CRCs that are the values of symbols': {
    flags: ['-m32'],
    lines: `
      .section __ksymtab_gpl,"a"
      .long old
      .long __kstrtab_old
      .section __kcrctab_gpl,"a"
      .long __crc_old
      .globl __crc_old
      .set __crc_old, 0x89abcdef
      ${strings('old')}`,
  },
  'distances, and CRCs in a place of their own': {
    flags: [],
    lines: `
      .section __ksymtab_gpl,"a"
      .long old - .
      .long __kstrtab_old - .
      .long 0
      .section __kcrctab_gpl,"a"
      .long __crc_old - .
      .section .rodata,"a"
      .long 0
      .globl __crc_old
      __crc_old: .long 0x89abcdef
      ${strings('old')}`,
  },
};
for (const [how, { flags, lines }] of Object.entries(OLD)) {
  test(`exports in the form of old kernels: ${how}`, { skip }, () => {
    assert.deepEqual(assembled(lines, ...flags).exports, [
      { name: 'old', crc: 0x89abcdef, gplOnly: true, namespace: '' },
    ]);
  });
}

test('a table without the names of its exports makes the exports unknown, not empty', {
  skip,
}, () => {
  const { info } = fileOf('.section __ksymtab,"a"\n.long 1, 2, 3\n');
  assert.ok(!info.known);
  assert.equal(info.detail, '__ksymtab does not tell what is exported');
});

test('the size of its struct module', { skip }, () => {
  assert.equal(assembled('').structSize, 1344);
});

/** The result of EXPORT_SYMBOL() for these symbols (6.1). */
function entries(table: string, ...names: readonly string[]): string {
  const lines = names.map(
    (name) => `
      .long ${name} - .
      .long __kstrtab_${name} - .
      .long __kstrtabns_${name} - .`,
  );
  return `.section ${table},"a"${lines.join('')}\n${names.map(strings).join('')}`;
}

function strings(name: string): string {
  return `
    .section __ksymtab_strings,"aMS",%progbits,1
    __kstrtab_${name}: .asciz "${name}"
    __kstrtabns_${name}: .asciz ""
    .text
    .globl ${name}
    ${name}: .long 0
  `;
}

function assembled(lines: string, ...flags: readonly string[]): ModuleInfo {
  const { info } = fileOf(lines, ...flags);
  assert.ok(info.known, info.known ? '' : info.detail);
  return info.value;
}

/** Stripped in the way of Portage. */
function fileOf(lines: string, ...flags: readonly string[]): ModuleFile {
  const directory = temporaryDirectory();
  const [source, made] = [join(directory, 'made.S'), join(directory, 'made.ko')];
  const structure =
    '.section .gnu.linkonce.this_module,"aw"\n.globl __this_module\n__this_module: .skip 1344\n';
  writeFileSync(source, `${structure}${lines}\n`);
  execFileSync('gcc', [...flags, '-c', '-x', 'assembler', '-o', made, source]);
  execFileSync('strip', ['--strip-unneeded', made]);
  const file = readModule(openRoot(directory), '/made.ko', { owner: null, inTree: false, indexed: null });
  assert.ok(file.known);
  return file.value;
}
