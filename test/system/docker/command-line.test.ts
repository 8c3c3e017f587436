import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { commandLine } from '../../../src/system/docker/command-line.ts';

function lastValue(words: readonly string[], name: string): string | null {
  return commandLine(words).findLast((option) => option.name === name)?.value || null;
}

function driverOf(line: string): string | null {
  return lastValue(line.split(' '), 'storage-driver');
}

test('the storage driver in every form that dockerd accepts', () => {
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

test('similar words are not taken for it', () => {
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

test('the last one counts; the data root under all its names', () => {
  assert.equal(driverOf('-s aufs --storage-driver=overlay2'), 'overlay2');
  assert.equal(lastValue(['--graph', '/srv/docker'], 'graph'), '/srv/docker');
  assert.equal(lastValue(['-g/srv/docker'], 'graph'), '/srv/docker');
  assert.equal(lastValue(['--data-root=/a', '--config-file=/b'], 'config-file'), '/b');
});

test('each option with its name, in order, whether it takes a value or not', () => {
  assert.deepEqual(
    commandLine(['-D', '--tls', '--bridge', 'none', '--made-up', '-H', 'fd://', '--icc=false', '--']),
    [
      { name: 'debug', value: null },
      { name: 'tls', value: null },
      { name: 'bridge', value: 'none' },
      { name: 'made-up', value: null },
      { name: 'host', value: 'fd://' },
      { name: 'icc', value: 'false' },
    ],
  );
  // Quotes that a shell left are no option.
  assert.deepEqual(commandLine(['$(cat', '--$X', '-%', 'x']), []);
});

test('any words give options that consist of them', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.string(), fc.constantFrom('-s', '-g', '--', '-sx', '--graph', '--data-root=x'))),
      (words) => {
        for (const { value } of commandLine(words)) {
          assert.ok(value === null || words.some((word) => word.includes(value)));
        }
      },
    ),
  );
});
