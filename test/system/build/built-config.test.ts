import assert from 'node:assert/strict';
import { test } from 'node:test';
import { known, unknown } from '../../../src/model/fact.ts';
import { parseKernelConfig } from '../../../src/system/config.ts';
import { BUILT, codeOf, read } from '../../support/build-tree.ts';
import type { TimedFiles } from '../../support/timed-files.ts';

/** `make modules_prepare` after PREEMPT was switched on: .config and auto.conf are new, the kernel is the old one. */
const PREPARED: TimedFiles = {
  ...BUILT,
  '.config': ['CONFIG_SMP=y\nCONFIG_PREEMPT=y\nCONFIG_LOCALVERSION="-gentoo"\n', 50],
  'include/config/auto.conf': ['CONFIG_LOCALVERSION=-gentoo\nCONFIG_SMP=y\nCONFIG_PREEMPT=y\n', 51],
  'include/config/SMP': ['', 3],
  'include/config/PREEMPT': ['', 51],
};
const OF_KERNEL = parseKernelConfig('/proc/config.gz', 0, 'CONFIG_SMP=y\nCONFIG_LOCALVERSION="-gentoo"\n');

test('auto.conf older than the kernel is what that was compiled with', () => {
  const build = read(BUILT, { configOf: () => assert.fail('nothing else need be asked') });
  assert.ok(build.builtConfig.known);
  assert.equal(build.builtConfig.value.path.endsWith('/auto.conf'), true);
  assert.deepEqual(build.preparedAsBuilt, known(true));
});

test('auto.conf that was renewed without a new kernel: what the kernel tells of itself counts', () => {
  const build = read(PREPARED, { configOf: () => OF_KERNEL });
  assert.deepEqual(build.builtConfig, OF_KERNEL);
  assert.deepEqual(build.preparedAsBuilt, known(false), 'modules built now are for another kernel');
  assert.deepEqual(build.configChanged, known(true), 'make would compile another kernel');
});

test('nothing tells of the kernel: an option that was changed since leaves its configuration unknown', () => {
  const build = read(PREPARED);
  assert.equal(codeOf(build.builtConfig), 'no-data');
  assert.equal(codeOf(build.preparedAsBuilt), 'no-data');
  assert.equal(codeOf(build.configChanged), 'no-data');
});

test('auto.conf was written again and no option changed: it is still that of the kernel', () => {
  const build = read({ ...PREPARED, 'include/config/PREEMPT': ['', 3] });
  assert.ok(build.builtConfig.known);
  assert.deepEqual(build.preparedAsBuilt, known(true));
  assert.deepEqual(build.configChanged, known(false));
});

test('a .config that was touched, without make: modules are still compiled for the kernel', () => {
  const touched = 'CONFIG_SMP=y\nCONFIG_LOCALVERSION="-gentoo"\nCONFIG_CC_VERSION_TEXT="gcc 14"\n';
  const build = read({ ...BUILT, '.config': [touched, 50] });
  assert.deepEqual(build.configChanged, known(false), 'another compiler is no other configuration');
  assert.deepEqual(build.preparedAsBuilt, known(true));
  const edited = read({ ...BUILT, '.config': ['CONFIG_SMP=y\nCONFIG_PREEMPT=y\n', 50] });
  assert.deepEqual(edited.configChanged, known(true));
  assert.deepEqual(edited.preparedAsBuilt, known(true), 'they are compiled with auto.conf');
});

test('without auto.conf the kernel itself may tell', () => {
  const { 'include/config/auto.conf': _, ...files } = BUILT;
  assert.equal(codeOf(read(files).builtConfig), 'missing');
  assert.deepEqual(read(files, { configOf: () => OF_KERNEL }).builtConfig, OF_KERNEL);
  assert.equal(codeOf(read(files, { configOf: () => unknown('io', '') }).preparedAsBuilt), 'missing');
});
