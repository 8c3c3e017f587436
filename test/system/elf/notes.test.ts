import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { buildIdOf } from '../../../src/system/elf/notes.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import { needs } from '../../support/tools.ts';

const ID = '0123456789abcdef0123456789abcdef01234567';

test('the build ID is found after notes with other names and types', () => {
  for (const little of [true, false]) {
    const notes = Buffer.concat([
      note('Linux', 0x100, Buffer.from('6.1.192\0', 'latin1'), little),
      note('GNU', 5, Buffer.from([1, 2, 3]), little),
      note('Xen', 3, Buffer.from([9]), little),
      note('GNU', 3, Buffer.from(ID, 'hex'), little),
    ]);
    assert.equal(buildIdOf(notes, little), ID);
    assert.equal(buildIdOf(notes, !little), null);
  }
});

test('an ID that is truncated, empty or far too long is refused', () => {
  const whole = note('GNU', 3, Buffer.from(ID, 'hex'), true);
  assert.equal(buildIdOf(whole.subarray(0, whole.length - 1), true), null);
  assert.equal(buildIdOf(note('GNU', 3, Buffer.alloc(0), true), true), null);
  assert.equal(buildIdOf(note('GNU', 3, Buffer.alloc(4096), true), true), null);
});

test('the build ID equals that of the linker', { skip: needs('gcc', 'objcopy') }, () => {
  const dir = temporaryDirectory();
  writeFileSync(join(dir, 'x.c'), 'int x;\n');
  const options = ['-shared', '-nostdlib', `-Wl,--build-id=0x${ID}`, '-o', 'x.so', 'x.c'];
  execFileSync('gcc', options, { cwd: dir });
  execFileSync('objcopy', ['-O', 'binary', '--only-section=.note.gnu.build-id', 'x.so', 'notes'], {
    cwd: dir,
  });
  assert.equal(buildIdOf(readFileSync(join(dir, 'notes')), true), ID);
});

test('any bytes give an ID or none', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 512 }), fc.boolean(), (bytes, little) => {
      const id = buildIdOf(Buffer.from(bytes), little);
      return id === null || /^([0-9a-f]{2}){1,64}$/.test(id);
    }),
  );
});

function note(name: string, type: number, desc: Buffer, little: boolean): Buffer {
  const header = Buffer.alloc(12);
  [name.length + 1, desc.length, type].forEach((value, index) => {
    if (little) header.writeUInt32LE(value, index * 4);
    else header.writeUInt32BE(value, index * 4);
  });
  return Buffer.concat([header, pad(Buffer.from(`${name}\0`, 'latin1')), pad(desc)]);
}

function pad(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
}
