import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import type { KernelConfig } from '../../../src/model/config.ts';
import { type Fact, known, unknown } from '../../../src/model/fact.ts';
import { staleObjects } from '../../../src/system/build/stale-objects.ts';
import { readTouchedSources } from '../../../src/system/build/touched-sources.ts';
import { openRoot } from '../../../src/system/root.ts';
import { layOut, temporaryDirectory } from '../../support/temporary.ts';
import { layOutTimed, setTime } from '../../support/timed-files.ts';
import { needs } from '../../support/tools.ts';

const TOUCHED = [
  'fs/splice.c',
  'fs/namei.c',
  'mm/mmap.c',
  'arch/x86/entry.S',
  'include/linux/fs.h',
  'fs/Kconfig',
];

const NO_CONFIG = unknown('missing', 'no auto.conf');

test('exactly the files that make would compile are stale', { skip: needs('make') }, () => {
  const dir = temporaryDirectory();
  const objects = ['fs/splice', 'fs/namei', 'mm/mmap'];
  layOut(dir, { Makefile: `all: ${objects.map((name) => `${name}.o`).join(' ')}\n%.o: %.c\n\t@echo $@\n` });
  const root = openRoot(dir);
  const time = fc.integer({ min: 0, max: 3 });
  const pair = fc.tuple(time, time);
  fc.assert(
    fc.property(fc.tuple(pair, pair, pair), (times) => {
      times.forEach(([source, object], index) => {
        layOutTimed(dir, { [`${objects[index]}.c`]: ['', source], [`${objects[index]}.o`]: ['', object] });
      });
      const printed = execFileSync('make', ['-s'], { cwd: dir, encoding: 'utf8' });
      const touched = readTouchedSources(root, '/', '/', TOUCHED, NO_CONFIG);
      const stale = staleObjects(touched, null).map(({ object }) => object);
      assert.deepEqual(
        stale,
        printed.split('\n').filter((line) => line.endsWith('.o')),
      );
    }),
    { numRuns: 20 },
  );
});

test('a difference of a microsecond counts', () => {
  const dir = temporaryDirectory();
  layOutTimed(dir, { 'fs/splice.c': ['', 0], 'fs/splice.o': ['', 0] });
  const stale = () => staleObjects(readTouchedSources(openRoot(dir), '/', '/', TOUCHED, NO_CONFIG), null);
  assert.deepEqual(stale(), []);
  setTime(join(dir, 'fs/splice.c'), 0.000_002);
  assert.equal(stale().length, 1);
});

test('a header counts from the time of the link, and is reported as having no object', () => {
  const dir = temporaryDirectory();
  layOutTimed(dir, { 'include/linux/fs.h': ['', 30] });
  const touched = readTouchedSources(openRoot(dir), '/', '/', TOUCHED, NO_CONFIG);
  assert.deepEqual(staleObjects(touched, touched[0]?.mtime ?? 0), []);
  assert.deepEqual(staleObjects(touched, null), []);
  const stale = staleObjects(touched, (touched[0]?.mtime ?? 0) - 1);
  assert.deepEqual(stale, [{ source: 'include/linux/fs.h', object: null, sourceMtime: touched[0]?.mtime }]);
});

test('a source without object is stale only if make would compile it', () => {
  const dir = temporaryDirectory();
  layOut(dir, {
    'tree/mm/Makefile': 'mmu-y := nommu.o\nobj-y := prfile.o $(mmu-y)\n',
    'tree/mm/nommu.c': '',
    'tree/mm/prfile.c': '',
    'tree/fs/removed.c': '',
    'tree/fs/off.c': '',
    'out/fs/.removed.o.cmd': '',
  });
  const files = ['mm/nommu.c', 'mm/prfile.c', 'fs/removed.c', 'fs/off.c', 'fs/gone.c'];
  const touched = readTouchedSources(openRoot(dir), '/tree', '/out', files, NO_CONFIG);
  assert.deepEqual(
    staleObjects(touched, null).map(({ source, object }) => [source, object]),
    [
      ['mm/prfile.c', null],
      ['fs/removed.c', null],
    ],
  );
});

test('an object whose option is now off is not compiled', () => {
  const dir = temporaryDirectory();
  layOut(dir, {
    'drivers/block/Makefile': 'obj-$(CONFIG_BLK_DEV_LOOP)\t+= loop.o # a comment\n',
    'kernel/locking/Makefile':
      'CFLAGS_REMOVE_lockdep.o = -pg\nifeq ($(X),y)\nobj-$(CONFIG_LOCKDEP) += a.o \\\n lockdep.o\nendif\n',
    // No configuration has this option, so it may be on.
    'fs/Makefile': 'obj-$(CONFIG_OF_ANOTHER) += splice.o\nobj-y += namei.o\n',
    'mm/Makefile': 'obj-$(CONFIG_BLOCK) += mmap.o\nmmu-y := mmap.o\n',
    'security/Makefile': 'obj-$(CONFIG_SECURITY) += security.o\n',
    'security/security.c': '',
    'security/.security.o.cmd': '',
  });
  const sources = ['drivers/block/loop', 'kernel/locking/lockdep', 'fs/splice', 'fs/namei', 'mm/mmap'];
  for (const name of sources) layOutTimed(dir, { [`${name}.c`]: ['', 2], [`${name}.o`]: ['', 1] });
  const stale = (config: Fact<KernelConfig>) => {
    const paths = [...sources, 'security/security'].map((name) => `${name}.c`);
    const touched = readTouchedSources(openRoot(dir), '/', '/', paths, config);
    return staleObjects(touched, 0).map(({ source }) => source.replace(/\.c$/, ''));
  };
  const all = [...sources, 'security/security'];
  assert.deepEqual(stale(NO_CONFIG), all);
  assert.deepEqual(stale(configOf({ BLK_DEV_LOOP: 'm', LOCKDEP: 'y', SECURITY: 'y' })), all);
  assert.deepEqual(stale(configOf({ BLK_DEV_LOOP: 'y' })), [
    'drivers/block/loop',
    'fs/splice',
    'fs/namei',
    'mm/mmap',
  ]);
  assert.deepEqual(stale(configOf({})), ['fs/splice', 'fs/namei', 'mm/mmap']);
});

function configOf(options: KernelConfig['options']): Fact<KernelConfig> {
  return known({ path: '/include/config/auto.conf', mtime: 0, hash: '', modular: true, options });
}
