import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
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

test('make would compile the very same files', { skip: needs('make') }, () => {
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
      const asked = execFileSync('make', ['-s'], { cwd: dir, encoding: 'utf8' });
      const touched = readTouchedSources(root, '/', '/', TOUCHED);
      const stale = staleObjects(touched, null).map(({ object }) => object);
      assert.deepEqual(
        stale,
        asked.split('\n').filter((line) => line.endsWith('.o')),
      );
    }),
    { numRuns: 20 },
  );
});

test('a difference of a microsecond counts', () => {
  const dir = temporaryDirectory();
  layOutTimed(dir, { 'fs/splice.c': ['', 0], 'fs/splice.o': ['', 0] });
  const stale = () => staleObjects(readTouchedSources(openRoot(dir), '/', '/', TOUCHED), null);
  assert.deepEqual(stale(), []);
  setTime(join(dir, 'fs/splice.c'), 0.000_002);
  assert.equal(stale().length, 1);
});

test('a header counts from the link on, and says that it has no object', () => {
  const dir = temporaryDirectory();
  layOutTimed(dir, { 'include/linux/fs.h': ['', 30] });
  const touched = readTouchedSources(openRoot(dir), '/', '/', TOUCHED);
  assert.deepEqual(staleObjects(touched, touched[0]?.mtime ?? 0), []);
  assert.deepEqual(staleObjects(touched, null), []);
  const stale = staleObjects(touched, (touched[0]?.mtime ?? 0) - 1);
  assert.deepEqual(stale, [{ source: 'include/linux/fs.h', object: null, sourceMtime: touched[0]?.mtime }]);
});

test('a source without object is stale only where make would compile it', () => {
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
  const touched = readTouchedSources(openRoot(dir), '/tree', '/out', files);
  assert.deepEqual(
    staleObjects(touched, null).map(({ source, object }) => [source, object]),
    [
      ['mm/prfile.c', null],
      ['fs/removed.c', null],
    ],
  );
});
