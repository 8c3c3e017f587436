import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readModule } from '../../../src/system/modules/read-module.ts';
import { openRoot } from '../../../src/system/root.ts';
import { smallElf } from '../../support/small-elf.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

const { bytes: SOUND } = smallElf({
  bits: 64,
  little: true,
  machine: 62,
  modinfo: 'license=GPL\0vermagic=6.1.0 SMP \0',
  imports: [{ name: 'kmalloc', crc: 1, weak: false }],
});
const directory = temporaryDirectory();

/** Of the entry in the table of sections (Elf64_Shdr). */
const FIELDS = { name: 0, type: 4, flags: 8, address: 16, offset: 24, size: 32, link: 40 } as const;

/** The oddity of a module in which one field of a section is changed; null: none. */
function oddityWith(section: number, field: keyof typeof FIELDS, value: number): string | null {
  return oddityOf((module) => {
    const table = Number(module.readBigUInt64LE(40));
    module.writeUInt32LE(value, table + section * 64 + FIELDS[field]);
  });
}

function oddityOf(change: (module: Buffer) => void): string | null {
  const module = Buffer.from(SOUND);
  change(module);
  writeFileSync(join(directory, 'made.ko'), module);
  const file = readModule(openRoot(directory), '/made.ko', { owner: null, inTree: false, indexed: null });
  assert.ok(file.known);
  assert.equal(file.value.defect, null);
  return file.value.info.known ? null : file.value.info.detail;
}

test('a file that no linker produces makes the answer unknown', () => {
  assert.equal(
    oddityOf(() => {}),
    null,
  );
  assert.equal(oddityWith(0, 'type', 3), 'its first section is not empty');
  assert.equal(oddityWith(1, 'name', 0x7fffffff), 'a section has its name outside of the table of names');
  // Seen on 6.1 and 6.12: "section NAME (index N) has invalid WRITE|EXEC flags".
  assert.equal(oddityWith(1, 'flags', 7), 'a section is writable and executable');
  assert.equal(oddityWith(1, 'offset', 0), 'two of its sections overlap');
});

test('a symbol without a name, which the kernel does not find, makes the answer unknown', () => {
  const name = Buffer.from('\0kmalloc\0');
  const damaged = (module: Buffer): void => {
    module[module.lastIndexOf(name) + 1] = 0;
  };
  // Seen on 6.1 and 6.12: "Unknown symbol  (err -2)".
  assert.equal(oddityOf(damaged), 'its table of symbols is damaged');
});
