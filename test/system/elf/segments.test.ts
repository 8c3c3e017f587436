import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { sourceOfBuffer } from '../../../src/system/bytes.ts';
import { buildIdOfSegments, readSegments } from '../../../src/system/elf/segments.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import { needs } from '../../support/tools.ts';

const ID = 'fedcba9876543210fedcba9876543210fedcba98';

test('segments and build ID are those that the linker wrote, in 64 and 32 bits', {
  skip: needs('as', 'ld'),
}, () => {
  for (const [assembler, emulation] of [
    ['--64', 'elf_x86_64'],
    ['--32', 'elf_i386'],
  ] as const) {
    const bytes = readFileSync(link(assembler, emulation));
    const elf = readSegments(sourceOfBuffer(bytes));
    assert.ok(elf !== null);
    assert.ok(elf.littleEndian);
    assert.equal(buildIdOfSegments(sourceOfBuffer(bytes), elf), ID);
  }
});

test('headers that claim more than the file has give nothing, without endless reading', {
  skip: needs('as', 'ld'),
}, () => {
  const bytes = readFileSync(link('--64', 'elf_x86_64'));
  const changed = (at: number, value: bigint) => {
    const copy = Buffer.from(bytes);
    copy.writeBigUInt64LE(value, at);
    return readSegments(sourceOfBuffer(copy));
  };
  assert.equal(changed(0x20, 2n ** 63n), null); // e_phoff
  assert.equal(changed(0x20, BigInt(bytes.length)), null);
  const many = Buffer.from(bytes);
  many.writeUInt16LE(0xffff, 0x38); // e_phnum
  assert.equal(readSegments(sourceOfBuffer(many)), null);
  assert.equal(readSegments(sourceOfBuffer(bytes.subarray(0, 80))), null);
});

test('any bytes after an ELF magic give segments or none', () => {
  const head = fc.constantFrom('7f454c4602010100', '7f454c4601010100', '7f454c4602020100', '7f454c460101');
  fc.assert(
    fc.property(head, fc.uint8Array({ maxLength: 400 }), (magic, rest) => {
      const source = sourceOfBuffer(Buffer.concat([Buffer.from(magic, 'hex'), rest]));
      const elf = readSegments(source);
      return elf === null || (buildIdOfSegments(source, elf) ?? 'ab').length >= 2;
    }),
    { numRuns: 500 },
  );
});

function link(assembler: string, emulation: string): string {
  const cwd = temporaryDirectory();
  writeFileSync(join(cwd, 'x.s'), '.globl _start\n_start: ret\n.data\n.long 1\n');
  execFileSync('as', [assembler, '-o', 'x.o', 'x.s'], { cwd });
  execFileSync('ld', ['-m', emulation, `--build-id=0x${ID}`, '-o', 'x', 'x.o'], { cwd });
  return join(cwd, 'x');
}
