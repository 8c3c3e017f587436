import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { writeMachine } from '../../src/demo/machine.ts';
import { runProgram } from '../support/cli.ts';
import { SCENARIOS } from '../support/demo/scenarios.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const root = join(temporaryDirectory(), 'root');
writeMachine(root, SCENARIOS['reboot-pending'](Date.now()));
const call = (...words: readonly string[]) => runProgram([...words, '--root', root]);

test('pin is recorded in the ledger, shown by status, and undone', async () => {
  assert.equal((await call('daemon', '--once')).exit, 0);
  assert.match((await call('status')).out, /reboot-pending/);
  const pinned = await call('pin');
  // In a clone the program calls itself npx aufswatch.
  assert.deepEqual(
    { ...pinned, out: pinned.out.replace('npx ', '') },
    {
      exit: 0,
      out: `6.1.192-gentoo is pinned. Take it back with: aufswatch pin --root ${root} --undo\n`,
      err: '',
    },
  );
  const { out } = await call('status');
  assert.doesNotMatch(out, /reboot-pending/);
  assert.match(out, /, pinned/);
  assert.equal((await call('pin', '--show', '--json')).out, '{"schema":1,"pinned":"6.1.192-gentoo"}\n');
  assert.equal((await call('pin', '--undo')).out, '6.1.192-gentoo is no longer pinned.\n');
  assert.match((await call('status')).out, /reboot-pending/);
  assert.deepEqual(await call('pin', '--undo'), {
    exit: 1,
    out: '',
    err: 'aufswatch: no kernel is pinned\n',
  });
});

test('pin of a release that does not exist suggests one that does', async () => {
  const { err, exit } = await call('pin', '6.1.19-gentoo');
  assert.equal(exit, 1);
  assert.match(err, /there is no kernel 6\.1\.19-gentoo on this machine; did you mean 6\.1\.19[12]-gentoo\?/);
});
