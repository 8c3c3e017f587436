import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { patchedAgainNotRebuilt } from '../../src/demo/story.ts';
import { machineInMotion } from '../support/machine-in-motion.ts';
import { aufswatch, PROGRAM } from '../support/program.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { needs } from '../support/tools.ts';

suite('history on a terminal', { skip: needs('script') }, () => {
  const directory = temporaryDirectory();
  const { root } = machineInMotion(patchedAgainNotRebuilt(Date.now()), directory);
  assert.equal(aufswatch(['daemon', '--once', '--root', root]).status, 0);
  const plain = aufswatch(['history', '--root', root]).out;

  /** What the terminal shows. It has no size, so any output is longer than it. */
  function onTerminal(pager: string): { status: number | null; out: string } {
    const command = `${process.execPath} ${PROGRAM} history --root ${root}`;
    const { status, stdout } = spawnSync('script', ['-qec', command, '/dev/null'], {
      encoding: 'utf8',
      env: { ...process.env, PAGER: pager, NO_COLOR: '1' },
      input: '',
      timeout: 60_000,
    });
    return { status, out: stdout.replaceAll('\r\n', '\n') };
  }

  test('goes completely through PAGER, with its options and without a shell', () => {
    const [pager, seen] = [join(directory, 'pager'), join(directory, 'seen')];
    writeFileSync(pager, `#!/bin/sh\necho "$#:$1" >'${seen}'\ncat >>'${seen}'\n`);
    chmodSync(pager, 0o755);
    assert.equal(onTerminal(`${pager} $(touch${directory}/shell)`).status, 0);
    assert.equal(readFileSync(seen, 'utf8'), `1:$(touch${directory}/shell)\n${plain}`);
    assert.ok(!existsSync(join(directory, 'shell')));
  });

  test('is printed if there is no such pager; a pager that exits early is no error', () => {
    assert.ok(onTerminal('/nowhere/pager').out.includes(plain));
    assert.deepEqual(onTerminal('true'), { status: 0, out: '' });
  });
});
