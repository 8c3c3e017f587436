import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { buildsKernel } from '../../src/system/build/make-processes.ts';
import { findPhase, isMerging } from '../../src/system/emerge-activity.ts';
import { companionRelease, isImageName, isPerhapsImage } from '../../src/system/images/image-names.ts';
import { isAlive, listProcesses } from '../../src/system/processes.ts';
import { openRoot } from '../../src/system/root.ts';
import { layOut, temporaryDirectory } from '../support/temporary.ts';

test('any name and any arguments of a process give an answer', () => {
  const root = temporaryDirectory();
  const word = fc.oneof(
    fc.constantFrom(
      'M=x',
      'O=',
      '-C',
      '-j4',
      'modules_install',
      '/usr/lib/portage/ebuild.sh',
      'bash',
      '--',
      '',
    ),
    fc.string({ unit: 'binary' }),
  );
  fc.assert(
    fc.property(fc.array(word), fc.uint8Array(), (words, bytes) => {
      assert.equal(typeof buildsKernel(words), 'boolean');
      layOut(root, {
        'proc/7/stat': bytes,
        'proc/7/cmdline': words.join('\0'),
        'proc/8/stat': `8 (bash) S 1 ${words.join(' ')}`,
        'proc/8/cmdline': bytes,
      });
      const opened = openRoot(root);
      assert.equal(typeof isMerging(opened, words, 0), 'boolean');
      const processes = listProcesses(opened);
      if (!processes.known) assert.fail(processes.detail);
      for (const process of [findPhase(opened, processes.value), ...processes.value.values()])
        assert.equal(typeof (process === null || isAlive(opened, process)), 'boolean');
    }),
    { numRuns: 100 },
  );
});

test('any name of a file is an image’s or not, and has a release or none', () => {
  const name = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({
      unit: fc.constantFrom('vmlinuz', '-', 'System.map', 'config', '.old', '.sig', 'a', '6.1', 'kernel'),
    }),
  );
  fc.assert(
    fc.property(name, (text) => {
      if (isImageName(text)) assert.ok(isPerhapsImage(text), text);
      const release = companionRelease(text);
      assert.ok(release === null || text.includes(release));
    }),
    { numRuns: 500 },
  );
});
