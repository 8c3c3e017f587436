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

test('an auto.conf older than the kernel is the configuration of that kernel', () => {
  const build = read(BUILT, { configOf: () => assert.fail('nothing else is needed') });
  assert.ok(build.builtConfig.known);
  assert.equal(build.builtConfig.value.path.endsWith('/auto.conf'), true);
  assert.deepEqual(build.preparedAsBuilt, known(true));
});

test('if auto.conf is newer than the kernel, the configuration that the kernel has inside counts', () => {
  const build = read(PREPARED, { configOf: () => OF_KERNEL });
  assert.deepEqual(build.builtConfig, OF_KERNEL);
  assert.deepEqual(build.preparedAsBuilt, known(false), 'modules built now are for another kernel');
  assert.deepEqual(build.configChanged, known(true), 'make would compile another kernel');
});

test('without that, a changed option makes the configuration of the kernel unknown', () => {
  const build = read(PREPARED);
  assert.equal(codeOf(build.builtConfig), 'no-data');
  assert.equal(codeOf(build.preparedAsBuilt), 'no-data');
  assert.equal(codeOf(build.configChanged), 'no-data');
});

test('an auto.conf that was written again without a change is still that of the kernel', () => {
  const build = read({ ...PREPARED, 'include/config/PREEMPT': ['', 3] });
  assert.ok(build.builtConfig.known);
  assert.deepEqual(build.preparedAsBuilt, known(true));
  assert.deepEqual(build.configChanged, known(false));
});

test('after a change of .config without make, modules are still compiled for the kernel', () => {
  const touched = 'CONFIG_SMP=y\nCONFIG_LOCALVERSION="-gentoo"\nCONFIG_CC_VERSION_TEXT="gcc 14"\n';
  const build = read({ ...BUILT, '.config': [touched, 50] });
  assert.deepEqual(build.configChanged, known(false), 'another compiler is no other configuration');
  assert.deepEqual(build.preparedAsBuilt, known(true));
  const edited = read({ ...BUILT, '.config': ['CONFIG_SMP=y\nCONFIG_PREEMPT=y\n', 50] });
  assert.deepEqual(edited.configChanged, known(true));
  assert.deepEqual(edited.preparedAsBuilt, known(true), 'they are compiled with auto.conf');
});

test('without auto.conf the configuration inside the kernel counts', () => {
  const { 'include/config/auto.conf': _, ...files } = BUILT;
  assert.equal(codeOf(read(files).builtConfig), 'missing');
  assert.deepEqual(read(files, { configOf: () => OF_KERNEL }).builtConfig, OF_KERNEL);
  assert.equal(codeOf(read(files, { configOf: () => unknown('io', '') }).preparedAsBuilt), 'missing');
});
