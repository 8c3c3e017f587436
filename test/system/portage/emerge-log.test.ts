import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { MIB } from '../../../src/system/open-file.ts';
import { parseEmergeLog, readEmergeLog } from '../../../src/system/portage/emerge-log.ts';
import { openRoot } from '../../../src/system/root.ts';
import { DATA } from '../../support/portage.ts';
import { layOut, temporaryDirectory } from '../../support/temporary.ts';
import { needs } from '../../support/tools.ts';

const SAMPLE = readFileSync(join(DATA, 'emerge.log.sample'), 'utf8');
const [FIRST, LAST] = [1_795_401_206_000, 1_795_402_682_000];
const SOURCES = 'sys-kernel/gentoo-sources-6.1.192';
const AUFS = 'sys-fs/aufs4-0_pre20180312';

test('the log of a real emerge: merges and unmerges in their order, a reinstall as both', () => {
  const events = parseEmergeLog(SAMPLE);
  assert.deepEqual(
    events.map(({ what, cpv }) => `${what} ${cpv}`),
    [
      'merged app-misc/hello-1',
      `merged ${SOURCES}`,
      `merged ${AUFS}`,
      `removed ${SOURCES}`,
      `merged ${SOURCES}`,
      `removed ${SOURCES}`,
      'merged sys-kernel/gentoo-sources-6.1.191',
      `merged ${SOURCES}`,
      'merged app-containers/docker-28.4.0',
      'merged sys-fs/zfs-kmod-2.2.7',
      `removed ${AUFS}`,
      `merged ${AUFS}`,
    ],
  );
  assert.equal(events[0]?.at, FIRST);
  assert.equal(events.at(-1)?.at, LAST);
  // The same with common tools.
  const lines = SAMPLE.split('\n').filter((line) => /::: completed|unmerge success/.test(line));
  assert.deepEqual(
    events.map(({ at }) => at),
    lines.map((line) => Number(line.slice(0, 10)) * 1000),
  );
});

test('merges to another root, and lines that only mention a merge, are ignored', () => {
  const line = (text: string): string => `1795401206:  ${text}\n`;
  for (const text of [
    `::: completed emerge (1 of 1) ${AUFS} to /mnt/gentoo/`,
    `::: completed emerge (1 of 1) ${AUFS} to /var/tmp/catalyst/`,
    `::: completed emerge (1 of 1) ${AUFS} to`,
    `::: completed emerge (1 of 1) aufs4-0 to /`,
    `::: completed emerge ${AUFS} to /`,
    `>>> emerge (1 of 1) ${AUFS} to /`,
    `=== (1 of 1) Merging (${AUFS}::gentoo)`,
    `>>> unmerge FAILURE: ${AUFS}`,
    `=== Unmerging... (${AUFS})`,
    `*** emerge ::: completed emerge (1 of 1) ${AUFS} to /`,
    `>>> unmerge success: a/b/c`,
    `>>> unmerge success: ${AUFS} and more`,
  ]) {
    assert.deepEqual(parseEmergeLog(line(text)), [], text);
  }
  assert.deepEqual(parseEmergeLog(`x${line(`>>> unmerge success: ${AUFS}`)}`), []);
  assert.deepEqual(parseEmergeLog(line(`>>> unmerge success: ${AUFS}`)).length, 1);
});

test('a log that is cut off anywhere gives the events before the cut, and nothing of the last line', () => {
  const whole = parseEmergeLog(SAMPLE);
  for (let length = SAMPLE.length - 400; length < SAMPLE.length; length++) {
    const events = parseEmergeLog(SAMPLE.slice(0, length));
    assert.deepEqual(events, whole.slice(0, events.length));
  }
});

test('bytes that are not UTF-8 affect only their own line', () => {
  const root = temporaryDirectory();
  const [head, tail] = [SAMPLE.slice(0, 900), SAMPLE.slice(900)];
  const bytes = [Buffer.from(head), Buffer.from([0xff, 0xfe, 0x00, 0xc3, 0x0a]), Buffer.from(tail)];
  layOut(root, { 'var/log/emerge.log': Buffer.concat(bytes) });
  const events = readEmergeLog(openRoot(root));
  assert.ok(events.length >= 11);
  assert.equal(events.at(-1)?.at, LAST);
});

test('rotated parts, compressed or not, are read with it: oldest first', () => {
  const lines = SAMPLE.split(/(?<=\n)/);
  const part = (from: number, to: number): string => lines.slice(from, to).join('');
  for (const names of [
    ['emerge.log.2.gz', 'emerge.log.1', 'emerge.log'],
    ['emerge.log-20261101.gz', 'emerge.log-20261108', 'emerge.log'],
  ] as const) {
    const root = temporaryDirectory();
    layOut(root, {
      [`var/log/${names[0]}`]: gzipSync(part(0, 40)),
      [`var/log/${names[1]}`]: part(40, 60),
      [`var/log/${names[2]}`]: part(60, lines.length),
      'var/log/emerge-fetch.log': SAMPLE,
      'var/log/emerge.log~': SAMPLE,
      'var/log/emerge.logs': SAMPLE,
    });
    assert.deepEqual(readEmergeLog(openRoot(root)), parseEmergeLog(SAMPLE));
  }
});

test('a part that cannot be read or unpacked does not affect the others', {
  skip: needs('mkfifo'),
}, () => {
  const root = temporaryDirectory();
  layOut(root, {
    'var/log/emerge.log': SAMPLE,
    'var/log/emerge.log.1.gz': 'no gzip at all',
    'var/log/emerge.log.2.gz': '',
    'var/log/emerge.log.3.gz': gzipSync(Buffer.alloc(65 * MIB)),
    'var/log/emerge.log.4': '',
  });
  truncateSync(join(root, 'var/log/emerge.log.4'), 10 * 1024 ** 3);
  mkdirSync(join(root, 'var/log/emerge.log.5'));
  execFileSync('mkfifo', [join(root, 'var/log/emerge.log.6')]);
  symlinkSync('emerge.log.7', join(root, 'var/log/emerge.log.7'));
  assert.deepEqual(readEmergeLog(openRoot(root)), parseEmergeLog(SAMPLE));
});

test('of a part that is too large the newest lines are read, from the first complete one, and that is reported', () => {
  const root = temporaryDirectory();
  const path = join(root, 'var/log/emerge.log');
  layOut(root, { 'var/log/emerge.log': '' });
  const old = '1000000000:  ::: completed emerge (1 of 1) old/package-1 to /\n';
  writeFileSync(path, old.repeat(100));
  // A hole in the file is quicker to write than text; the sample begins in the middle of it.
  truncateSync(path, 65 * MIB);
  appendFileSync(path, `\n${SAMPLE}`);
  const reported: string[] = [];
  const events = readEmergeLog(openRoot(root), (part, detail) => reported.push(`${part} ${detail}`));
  assert.deepEqual(events, parseEmergeLog(SAMPLE));
  assert.deepEqual(reported, ['/var/log/emerge.log has more than 64 MiB: only the newest are taken over']);
});

test('without a log or its directory there are no events', () => {
  const root = temporaryDirectory();
  assert.deepEqual(readEmergeLog(openRoot(root)), []);
  layOut(root, { 'var/log': 'a file' });
  assert.deepEqual(readEmergeLog(openRoot(root)), []);
});

// A pattern that tries each slash of a name against every other one would take hours.
test('lines of megabytes are read in time', { timeout: 30_000 }, () => {
  for (const part of ['a', '/', 'a/', ' ', '1', ' to /', 'completed emerge (1 of 1) ']) {
    const long = part.repeat((4 * MIB) / part.length);
    for (const start of ['::: completed emerge (1 of 1) a/', '>>> unmerge success: ', '', '(']) {
      parseEmergeLog(`1795401206:  ${start}${long}x y`);
    }
    parseEmergeLog(long);
  }
});

test('whatever the bytes are, an event has a time and a name that are in them', () => {
  const piece = fc.oneof(
    fc.constantFrom('1795401206:  ', '::: completed emerge (1 of 1) ', '>>> unmerge success: ', ' to /'),
    fc.constantFrom('\n', '\r\n', '\0', `${AUFS}`, `${AUFS} to /\n`, `${SOURCES}\n`, '99999999999:  '),
    fc.string({ unit: 'binary' }),
  );
  const root = temporaryDirectory();
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 30 }),
      fc.uint8Array(),
      fc.boolean(),
      (pieces, bytes, packed) => {
        const raw = Buffer.concat([Buffer.from(pieces.join('')), bytes]);
        layOut(root, { 'var/log/emerge.log': raw, 'var/log/emerge.log.1.gz': packed ? gzipSync(raw) : raw });
        const text = raw.toString('utf8');
        for (const { at, cpv } of readEmergeLog(openRoot(root))) {
          assert.ok(Number.isSafeInteger(at) && text.includes(String(at / 1000)));
          assert.ok(text.includes(cpv));
          assert.match(cpv, /^[^\s/]+\/[^\s/]+$/);
        }
      },
    ),
    { numRuns: 100 },
  );
});
