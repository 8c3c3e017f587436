import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { known } from '../../../src/model/fact.ts';
import { openRoot } from '../../../src/system/root.ts';
import { readRunning, readRunningIdentity } from '../../../src/system/running/read-running.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

const FILES = [
  'proc/sys/kernel/osrelease',
  'proc/sys/kernel/version',
  'proc/sys/kernel/arch',
  'proc/sys/kernel/random/boot_id',
  'proc/modules',
  'proc/stat',
  'proc/filesystems',
  'proc/kallsyms',
  'proc/config.gz',
  'sys/kernel/notes',
  'sys/module/aufs/srcversion',
  'sys/module/aufs/version',
  'sys/module/aufs/notes/.note.gnu.build-id',
];

test('whatever is in /proc and /sys, each fact has a value or a reason, and can be written as JSON', () => {
  const root = temporaryDirectory();
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 80 }).map((array) => Buffer.from(array)),
    fc
      .constantFrom(
        '',
        '\n',
        '6.1.192-gentoo\n',
        'btime 17\n',
        'btime x\n',
        'aufs 1 0 - Live 0x0\n',
        'nodev\taufs\n',
      )
      .map((text) => Buffer.from(text)),
    fc.constant(gzipSync(Buffer.from('CONFIG_MODVERSIONS=y\n'))),
    // A directory.
    fc.constant(null),
  );
  const [modules, wanted] = [new Set(['aufs']), new Set(['fput'])];
  fc.assert(
    fc.property(fc.tuple(...FILES.map(() => fc.option(bytes, { nil: undefined }))), (contents) => {
      for (const top of ['proc', 'sys']) rmSync(join(root, top), { recursive: true, force: true });
      FILES.forEach((name, index) => {
        const [path, content] = [join(root, name), contents[index]];
        mkdirSync(content === null ? path : dirname(path), { recursive: true });
        if (content) writeFileSync(path, content);
      });
      const opened = openRoot(root);
      const input = { identity: readRunningIdentity(opened), mounts: known([]), modules, wanted };
      const running = readRunning(opened, { ...input, needsSymbols: () => true });
      const { bootedAt, bootId, identity, config } = running;
      for (const fact of [bootedAt, bootId, config, ...Object.values(identity)])
        assert.ok(fact.known || fact.detail !== '');
      assert.ok(!bootedAt.known || Number.isFinite(bootedAt.value));
      assert.ok(!identity.buildId.known || /^([0-9a-f]{2})+$/.test(identity.buildId.value));
      assert.doesNotThrow(() => JSON.stringify(running));
    }),
    { numRuns: 60 },
  );
});
