import assert from 'node:assert/strict';
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathsFor } from '../../src/daemon/paths-for.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const ENV = { HOME: '/home/user', XDG_RUNTIME_DIR: '/run/user/1000' };

test('root has its files under the root that is scanned', () => {
  assert.equal(pathsFor({}, 0, '/').state, '/var/lib/aufswatch');
  assert.equal(pathsFor({}, 0, '/mnt').runtime, '/mnt/run/aufswatch');
});

test('an ordinary user has a directory for each root, however the path is written', () => {
  const work = temporaryDirectory();
  mkdirSync(join(work, 'root'));
  symlinkSync('root', join(work, 'link'));
  const own = pathsFor(ENV, 1000, '/');
  assert.deepEqual(own, {
    state: '/home/user/.local/state/aufswatch',
    runtime: '/run/user/1000/aufswatch',
    refused: null,
  });
  const other = pathsFor(ENV, 1000, join(work, 'root'));
  assert.ok(other.state.startsWith(`${own.state}/roots/`));
  assert.ok(other.runtime.startsWith(`${own.runtime}/roots/`));
  assert.deepEqual(pathsFor(ENV, 1000, join(work, 'link')), other);
  assert.deepEqual(pathsFor(ENV, 1000, `${work}/./root/`), other);
  assert.notDeepEqual(pathsFor(ENV, 1000, work), other);
});

test('the files of another root stay inside it, wherever links in it lead', () => {
  const work = temporaryDirectory();
  const root = join(work, 'root');
  mkdirSync(join(root, 'var'), { recursive: true });
  mkdirSync(join(work, 'outside'));
  symlinkSync('../../outside', join(root, 'var/lib'));
  symlinkSync(join(work, 'outside'), join(root, 'run'));
  const paths = pathsFor({}, 0, root);
  assert.equal(paths.state, join(root, 'outside/aufswatch'));
  assert.equal(paths.runtime, join(root, work, 'outside/aufswatch'));
  assert.equal(paths.refused, null);
});

test('a directory in another root is refused if it has files of others', () => {
  const root = temporaryDirectory();
  const state = join(root, 'var/lib/aufswatch');
  for (const name of ['ledger.sqlite3', 'daemon.lock', 'backups/nightly', 'backups']) {
    mkdirSync(join(state, name, '..'), { recursive: true });
    symlinkSync('/etc/passwd', join(state, name));
    const paths = pathsFor({}, 0, root);
    assert.match(paths.refused ?? '', new RegExp(`${name} is no file of aufswatch's`));
    assert.ok(!paths.state.startsWith(root));
    rmSync(state, { recursive: true });
  }
});
