import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathsFor } from '../../src/daemon/paths.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const ENV = { HOME: '/home/user', XDG_RUNTIME_DIR: '/run/user/1000' };

test('root keeps things under the root that is looked at', () => {
  assert.equal(pathsFor({}, 0, '/').state, '/var/lib/aufswatch');
  assert.equal(pathsFor({}, 0, '/mnt').runtime, '/mnt/run/aufswatch');
});

test('an ordinary user has a place for each root, however it is written', () => {
  const work = temporaryDirectory();
  mkdirSync(join(work, 'root'));
  symlinkSync('root', join(work, 'link'));
  const own = pathsFor(ENV, 1000, '/');
  assert.deepEqual(own, {
    state: '/home/user/.local/state/aufswatch',
    runtime: '/run/user/1000/aufswatch',
  });
  const other = pathsFor(ENV, 1000, join(work, 'root'));
  assert.ok(other.state.startsWith(`${own.state}/roots/`));
  assert.ok(other.runtime.startsWith(`${own.runtime}/roots/`));
  assert.deepEqual(pathsFor(ENV, 1000, join(work, 'link')), other);
  assert.deepEqual(pathsFor(ENV, 1000, `${work}/./root/`), other);
  assert.notDeepEqual(pathsFor(ENV, 1000, work), other);
});
