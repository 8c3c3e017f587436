import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { outcomeOf } from '../../src/rehearsal/outcome.ts';

const KERNEL = { logs: true, openKeys: false };
const ENOENT = 2;
const ENODEV = 19;
const EKEYREJECTED = 129;
const CALLING = 'calling  zfs_init+0x0/0x1000 [zfs] @ 1';
const RETURNED = 'initcall zfs_init+0x0/0x1000 [zfs] returned -19 after 3 usecs';

suite('the outcome for a module, from the steps of the guest', () => {
  test('it is loaded', () => {
    assert.deepEqual(outcomeOf({ error: 0, log: [], aufs: null }, [], KERNEL), { is: 'loads' });
  });

  test('its init was called and failed: the kernel accepted it', () => {
    const log = [CALLING, 'zfs: no device', RETURNED];
    assert.deepEqual(outcomeOf({ error: ENODEV, log, aufs: null }, [], KERNEL), {
      is: 'init-failed',
      error: 'ENODEV',
      words: ['zfs: no device'],
    });
  });

  test('its init was never called: it is refused, with the message of the kernel', () => {
    const log = ['zfs: Unknown symbol spl_kmem (err -2)'];
    const outcome = outcomeOf({ error: ENOENT, log, aufs: null }, [], KERNEL);
    assert.deepEqual(outcome, { is: 'refused', error: 'ENOENT', words: log });
  });

  test('without a log a refusal cannot be told from an init that failed', () => {
    const outcome = outcomeOf({ error: ENODEV, log: [], aufs: null }, [], { ...KERNEL, logs: false });
    assert.equal(outcome.is, 'unclear');
  });

  test('a refusal proves nothing if a dependency could not be started here', () => {
    const needs = [{ name: 'spl', outcome: { is: 'init-failed', error: 'ENODEV', words: [] } as const }];
    const log = ['zfs: Unknown symbol spl_kmem (err -2)'];
    assert.equal(outcomeOf({ error: ENOENT, log, aufs: null }, needs, KERNEL).is, 'unclear');
  });

  test('it counts if the dependency was refused itself', () => {
    const needs = [{ name: 'spl', outcome: { is: 'refused', error: 'ENOEXEC', words: [] } as const }];
    const log = ['zfs: Unknown symbol spl_kmem (err -2)'];
    assert.equal(outcomeOf({ error: ENOENT, log, aufs: null }, needs, KERNEL).is, 'refused');
  });

  test('a key that the kernel may have from the firmware is not in QEMU', () => {
    const step = {
      error: EKEYREJECTED,
      log: ['Loading of module with unavailable key is rejected'],
      aufs: null,
    };
    assert.equal(outcomeOf(step, [], { logs: true, openKeys: true }).is, 'unclear');
    assert.deepEqual(outcomeOf(step, [], KERNEL), { is: 'refused', error: 'EKEYREJECTED', words: step.log });
  });
});
