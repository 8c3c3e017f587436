import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type ElfSection, type ElfSymbol, writeElf } from '../../../src/demo/elf.ts';
import type { ModuleInfo } from '../../../src/model/module.ts';
import { readModule } from '../../../src/system/modules/read-module.ts';
import { openRoot } from '../../../src/system/root.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

/** Tables of exports that the kernel headers at hand do not make. */

test('with a table of flags, the flag and not the section says what is for GPL-compatible modules only', () => {
  const info = infoOf(
    [
      table('__ksymtab', 24),
      table('__kcrctab', 8),
      table('__kflagstab', Buffer.from([0, 1])),
      table('__ksymtab_strings', 8),
    ],
    [
      at('__ksymtab_free', '__ksymtab', 0),
      at('__ksymtab_kept', '__ksymtab', 12),
      at('__crc_free', '__kcrctab', 0),
      at('__crc_kept', '__kcrctab', 4),
      at('__flags_free', '__kflagstab', 0),
      at('__flags_kept', '__kflagstab', 1),
    ],
  );
  assert.deepEqual(
    info.exports.map(({ name, gplOnly }) => [name, gplOnly]),
    [
      ['free', false],
      ['kept', true],
    ],
  );
  assert.equal(info.exportsWithoutCrc, false);
});

test('an export that the compiler gave no CRC does no harm beside others; a missing table does', () => {
  const symbols = [
    at('__ksymtab_one', '__ksymtab', 0),
    at('__ksymtab_two', '__ksymtab', 12),
    at('__crc_one', '__kcrctab', 0),
  ];
  const weak: ElfSymbol = {
    name: '__crc_two',
    section: null,
    value: 0,
    size: 0,
    bind: 'weak',
    type: 'notype',
  };
  const strings = table('__ksymtab_strings', 8);
  assert.equal(
    infoOf([table('__ksymtab', 24), table('__kcrctab', 8), strings], [...symbols, weak]).exportsWithoutCrc,
    false,
  );
  assert.equal(infoOf([table('__ksymtab', 24), strings], symbols.slice(0, 2)).exportsWithoutCrc, true);
});

test('the size of its struct module', () => {
  assert.equal(infoOf([], []).structSize, 1344);
});

function infoOf(sections: readonly ElfSection[], symbols: readonly ElfSymbol[]): ModuleInfo {
  const directory = temporaryDirectory();
  const name = '.gnu.linkonce.this_module';
  const all = [...sections, { ...table(name, 1344), flags: 'WA' }];
  writeFileSync(
    join(directory, 'made.ko'),
    writeElf({ kind: 'relocatable', sections: all, symbols: [...symbols, at('__this_module', name, 0)] }),
  );
  const file = readModule(openRoot(directory), '/made.ko', { owner: null, inTree: false, indexed: null });
  assert.ok(file.known);
  assert.ok(file.value.info.known);
  return file.value.info.value;
}

function table(name: string, content: number | Buffer): ElfSection {
  const bytes = typeof content === 'number' ? Buffer.alloc(content) : content;
  return { name, type: 'progbits', flags: 'A', bytes, align: 4 };
}

function at(name: string, section: string, value: number): ElfSymbol {
  return { name, section, value, size: 0, bind: 'local', type: 'notype' };
}
