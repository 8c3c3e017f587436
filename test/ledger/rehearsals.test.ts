import assert from 'node:assert/strict';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { readMemory } from '../../src/ledger/read-memory.ts';
import { recordRehearsals } from '../../src/ledger/rehearsals.ts';
import type { Outcome, Rehearsed } from '../../src/model/rehearsal.ts';
import { newLedger } from '../support/remembered.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const DIRECTORY = '/lib/modules/6.1.0';

function rehearsed(name: string, at: number, outcome: Outcome, words: readonly string[] = []): Rehearsed {
  const file = (path: string) => ({ path, size: 5, mtimeMs: 1700000000000.123, hash: 'ab'.repeat(32) });
  return {
    atMs: at,
    kernel: { release: '6.1.0', utsVersion: '#1 SMP', image: file('/boot/vmlinuz'), words },
    module: name,
    file: file(`${DIRECTORY}/${name}.ko`),
    needs: [file(`${DIRECTORY}/spl.ko`)],
    outcome,
  };
}

suite('the results of rehearsals', () => {
  const ledger = newLedger(join(temporaryDirectory(), 'ledger.sqlite3'));

  function remembered(): readonly Rehearsed[] {
    return readMemory(ledger, []).rehearsals;
  }

  test('are read as they were written, whatever the outcome', () => {
    const all = [
      rehearsed('a', 4, { is: 'loads' }),
      rehearsed('b', 3, { is: 'init-failed', error: 'ENODEV', words: [] }),
      rehearsed('c', 2, { is: 'refused', error: 'ENOEXEC', words: ['c: no', 'c: really'] }),
      rehearsed('d', 1, { is: 'unclear', why: 'nobody knows' }),
    ];
    assert.equal(recordRehearsals(ledger, all), null);
    assert.deepEqual(remembered(), all);
  });

  test('the last result counts for a module on a kernel with a command line', () => {
    const later = rehearsed('a', 9, { is: 'refused', error: 'EPERM', words: [] });
    const enforced = rehearsed('a', 8, { is: 'loads' }, ['module.sig_enforce=1']);
    recordRehearsals(ledger, [enforced, later]);
    assert.deepEqual(
      remembered().filter(({ module }) => module === 'a'),
      [later, enforced],
    );
  });

  test('a long message of a kernel is limited, and the oldest results are removed', () => {
    const words = Array.from({ length: 50 }, () => 'x'.repeat(5000));
    recordRehearsals(ledger, [rehearsed('e', 10, { is: 'refused', error: 'E', words })]);
    const [newest] = remembered();
    assert.ok(newest?.outcome.is === 'refused' && newest.outcome.words.join('').length < 2000);
    recordRehearsals(
      ledger,
      Array.from({ length: 600 }, (_, n) => rehearsed(`m${n}`, 100 + n, { is: 'loads' })),
    );
    assert.equal(remembered().length, 500);
    assert.equal(remembered()[0]?.module, 'm599');
  });
});
