import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseFstab, unescapeOctal } from '../../src/system/fstab.ts';
import { mountOf, parseMountinfo } from '../../src/system/mounts.ts';
import { needs } from '../support/tools.ts';

test('the mounts of this machine equal those of findmnt', { skip: needs('findmnt') }, () => {
  const [before, listed, after] = [
    readFileSync('/proc/self/mountinfo', 'utf8'),
    execFileSync('findmnt', ['-n', '-r', '-o', 'TARGET,FSTYPE'], { encoding: 'utf8' }),
    readFileSync('/proc/self/mountinfo', 'utf8'),
  ];
  // Another process may mount something meanwhile.
  if (before !== after) return;
  const theirs = listed.trim().split('\n').sort();
  const ours = parseMountinfo(before).map(({ mountPoint, type }) => `${mountPoint} ${type}`);
  assert.deepEqual(
    ours.filter((line) => /^\S+ \S+$/.test(line)).sort(),
    theirs.filter((line) => !line.includes('\\x')),
  );
});

test('fstab: blanks and TABs, comments, escapes, lines that are short', () => {
  const text =
    '# /dev/sda1 /boot ext4\n\t/dev/sda2\t/mnt/my\\040disk  aufs \tbr=/a:/b,ro 0 0\n\nUUID=1\n/dev/sdb /x\r\n';
  assert.deepEqual(parseFstab(text), [
    { device: '/dev/sda2', mountPoint: '/mnt/my disk', type: 'aufs', options: ['br=/a:/b', 'ro'] },
    { device: '/dev/sdb', mountPoint: '/x', type: '', options: [''] },
  ]);
});

test('any text is a list of mounts, and any path is on one of them or on none', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      '\n',
      ' ',
      '\t',
      ' - ',
      '#',
      '\\040',
      '\\777',
      '\\',
      '/',
      '/boot',
      'aufs',
      '36 35 98:0 / /mnt rw',
    ),
    fc.string({ unit: 'binary' }),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), piece, (pieces, path) => {
      const text = pieces.join('');
      const mounts = parseMountinfo(text);
      const found = mountOf(mounts, path);
      assert.ok(found === null || mounts.includes(found));
      for (const { type } of mounts) assert.notEqual(type, '');
      for (const { device, mountPoint } of parseFstab(text)) assert.ok(device !== '' && mountPoint !== '');
      assert.ok(unescapeOctal(text).length <= text.length);
    }),
    { numRuns: 500 },
  );
});
