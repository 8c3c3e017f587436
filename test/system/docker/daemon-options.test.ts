import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { daemonOptions } from '../../../src/system/docker/daemon-options.ts';

function driverOf(line: string): string | null {
  return daemonOptions(line.split(' ')).driver;
}

test('the storage driver in every way that dockerd takes it', () => {
  for (const line of [
    '--storage-driver=aufs',
    '--storage-driver aufs',
    '-s aufs',
    '-saufs',
    '-s=aufs',
    '-Ds aufs',
    '-Dsaufs',
  ]) {
    assert.equal(driverOf(line), 'aufs', line);
    assert.equal(driverOf(`-p /run/docker.pid ${line} -H fd://`), 'aufs', line);
  }
});

test('what only looks like it is not it', () => {
  for (const line of [
    '',
    '-s',
    '--storage-driver',
    '--storage-driver=',
    '--storage-opt aufs',
    '-p -s',
    '-H=-s',
    '-- -s aufs',
    '-l s aufs',
  ]) {
    assert.equal(driverOf(line), null, line);
  }
});

test('the last one counts; data root by all its names', () => {
  assert.equal(driverOf('-s aufs --storage-driver=overlay2'), 'overlay2');
  assert.equal(daemonOptions(['--graph', '/srv/docker']).dataRoot, '/srv/docker');
  assert.equal(daemonOptions(['-g/srv/docker']).dataRoot, '/srv/docker');
  assert.equal(daemonOptions(['--data-root=/a', '--config-file=/b']).configFile, '/b');
});

test('any words give an answer that is made of them', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.string(), fc.constantFrom('-s', '-g', '--', '-sx', '--graph', '--data-root=x'))),
      (words) => {
        for (const value of Object.values(daemonOptions(words))) {
          assert.ok(value === null || words.some((word) => word.includes(value)));
        }
      },
    ),
  );
});
