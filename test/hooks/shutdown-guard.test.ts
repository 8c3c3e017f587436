import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { inSync } from '../../src/demo/in-sync.ts';
import { type Machine, writeMachine } from '../../src/demo/machine.ts';
import { patchedAgainNotRebuilt } from '../../src/demo/story.ts';
import { commandFor } from '../support/aufswatch.ts';
import { aufswatch } from '../support/program.ts';
import { layOut, temporaryDirectory } from '../support/temporary.ts';
import { needs } from '../support/tools.ts';

const SCRIPT = join(import.meta.dirname, '../../../hooks/openrc/shutdown-guard.sh');

/** The wrapper before a shutdown that only records its arguments. */
interface Guarded {
  readonly work: string;
  readonly root: string;
  shutdown(...words: readonly string[]): { status: number | null; error: string; passed: string | null };
}

function guarded(machine: Machine, shell: string, name = 'shutdown'): Guarded {
  const work = temporaryDirectory();
  const root = join(work, 'root');
  writeMachine(root, machine);
  const record = join(work, 'passed');
  const real = `#!/bin/sh\nprintf '<%s>' "$@" >${record}\nexit 0\n`;
  layOut(work, { [`local/${name}`]: '', [`sbin/${name}`]: real });
  copyFileSync(SCRIPT, join(work, 'local', name));
  chmodSync(join(work, `sbin/${name}`), 0o755);
  const path = ['local', 'sbin'].map((directory) => join(work, directory));
  const env = { PATH: [...path, commandFor(join(work, 'bin'), root), process.env.PATH].join(':') };
  return {
    work,
    root,
    shutdown: (...words) => {
      rmSync(record, { force: true });
      const [command = '', ...options] = shell.split(' ');
      const all = [...options, join(work, 'local', name), ...words];
      const { status, stderr } = spawnSync(command, all, { env, encoding: 'utf8', timeout: 60_000 });
      return { status, error: stderr, passed: existsSync(record) ? readFileSync(record, 'utf8') : null };
    },
  };
}

for (const shell of ['dash', 'bash --posix', 'zsh --emulate sh']) {
  describe(`before shutdown, in ${shell}`, { skip: needs(shell.split(' ')[0] ?? '') }, () => {
    test('it passes its arguments on if nothing is lost', () => {
      const { shutdown } = guarded(inSync(Date.now()), shell);
      assert.deepEqual(shutdown('-r', '+5', 'back in a  minute; *'), {
        status: 0,
        error: '',
        passed: '<-r><+5><back in a  minute; *>',
      });
    });

    test('it refuses while the next boot loses AUFS, until reboot-ok', () => {
      const { shutdown, root } = guarded(patchedAgainNotRebuilt(Date.now()), shell);
      assert.deepEqual(shutdown('-r', 'now'), {
        status: 1,
        error:
          'shutdown: The next boot will be without AUFS.\n' +
          'What to do: aufswatch plan. To go ahead anyway: aufswatch reboot-ok, then shutdown again.\n',
        passed: null,
      });
      assert.equal(shutdown('-c').passed, '<-c>', 'shutdown -c is always allowed');
      assert.equal(aufswatch(['reboot-ok', '--root', root]).status, 0);
      assert.equal(shutdown('-r', 'now').passed, '<-r><now>');
    });
  });
}

test('it serves reboot, poweroff and halt under their own names', { skip: needs('dash') }, () => {
  for (const name of ['reboot', 'poweroff', 'halt']) {
    const { shutdown } = guarded(patchedAgainNotRebuilt(Date.now()), 'dash', name);
    const { status, error, passed } = shutdown();
    assert.deepEqual({ status, passed }, { status: 1, passed: null });
    assert.match(error, new RegExp(`^${name}: `));
  }
});

test('whatever goes wrong with aufswatch, the machine shuts down', { skip: needs('dash') }, () => {
  const { shutdown, work } = guarded(patchedAgainNotRebuilt(Date.now()), 'dash');
  for (const broken of ['exit 1', 'exit 3', 'exit 70', 'kill -9 $$', 'exec /no/such/node']) {
    layOut(work, { 'bin/aufswatch': `#!/bin/sh\n${broken}\n` });
    assert.equal(shutdown('-h').passed, '<-h>', broken);
  }
  rmSync(join(work, 'bin/aufswatch'));
  assert.equal(shutdown('-h').passed, '<-h>', 'no aufswatch');
});

test('without a program to call it says so, and does not call itself', { skip: needs('dash') }, () => {
  const { shutdown, work } = guarded(inSync(Date.now()), 'dash', 'shutdown-of-a-test');
  rmSync(join(work, 'sbin'), { recursive: true });
  const { status, error } = shutdown('-r');
  assert.equal(status, 127);
  assert.match(error, /^shutdown-of-a-test: this is the guard of aufswatch, and there is no/);
});
