import assert from 'node:assert/strict';
import { test } from 'node:test';
import { known, unknown } from '../../src/model/fact.ts';
import { namesApart } from '../../src/verdict/names-apart.ts';

const NONE = unknown('no-data', 'no build ID');

function kernel(utsVersion: string) {
  const name = `6.1.192-gentoo ${utsVersion.split(' ')[0]}`;
  return {
    name,
    identity: { release: known('6.1.192-gentoo'), utsVersion: known(utsVersion), buildId: NONE },
  };
}

const OLD = '#1 SMP PREEMPT_DYNAMIC Mon Nov 23 02:40:58 UTC 2026';
const NEW = '#1 SMP PREEMPT_DYNAMIC Sat Nov 28 21:05:01 CET 2026';

test('two builds with the same release and number are distinguished by the time of compilation', () => {
  assert.deepEqual(namesApart([kernel(OLD), kernel(NEW)]), [
    '6.1.192-gentoo #1 of 2026-11-23 02:40',
    '6.1.192-gentoo #1 of 2026-11-28 21:05',
  ]);
});

test('the same kernel, and kernels with different numbers, keep their names', () => {
  assert.deepEqual(namesApart([kernel(OLD), kernel(OLD)]), ['6.1.192-gentoo #1', '6.1.192-gentoo #1']);
  const other = NEW.replace('#1', '#2');
  assert.deepEqual(namesApart([kernel(OLD), kernel(other)]), ['6.1.192-gentoo #1', '6.1.192-gentoo #2']);
});

test('without a time the name stays', () => {
  assert.deepEqual(namesApart([kernel(OLD), kernel('#1 made by hand')])[1], '6.1.192-gentoo #1');
});
