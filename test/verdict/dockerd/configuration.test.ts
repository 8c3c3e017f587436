import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DockerConfiguration } from '../../../src/model/docker-configuration.ts';
import { problemOf, settingsOf } from '../../../src/verdict/dockerd/configuration.ts';
import { type Engine, parseEngine } from '../../../src/verdict/dockerd/engine.ts';
import { configured } from '../../support/docker-facts.ts';

function engine(version: string): Engine {
  const found = parseEngine(version);
  assert.ok(found !== null);
  return found;
}

function problem(version: string, ...args: Parameters<typeof configured>): string | null {
  return problemOf(configured(...args), engine(version))?.problem.is ?? null;
}

const TWENTY = '20.10.24';

test('an option and the file that set the same, also under another name', () => {
  assert.equal(problem(TWENTY, '{"storage-driver": "vfs"}', '-s vfs'), 'given-twice');
  assert.equal(problem(TWENTY, '{"hosts": ["fd://"]}', '-H fd://'), 'given-twice');
  assert.equal(problem(TWENTY, '{"storage-opts": []}', '--storage-opt size=1G'), 'given-twice');
  assert.equal(problem('28.0', '{"proxies": {"http-proxy": "x"}}', '--http-proxy x'), 'given-twice');
  assert.equal(problem(TWENTY, '{"runtimes": {}}', '--add-runtime x=y'), null);
  assert.equal(problem(TWENTY, '{"storage-driver": "vfs"}', '--debug', 'zfs'), null);
  const perhaps: DockerConfiguration = {
    ...configured('{"storage-driver": "vfs"}', '-s vfs'),
    options: [{ name: 'storage-driver', value: 'vfs', where: 'conf.d', certain: false }],
  };
  assert.equal(problemOf(perhaps, engine(TWENTY)), null);
});

test('the setting graph, by version, and what it conflicts with', () => {
  assert.equal(problem(TWENTY, '{"graph": "/srv"}'), null);
  assert.equal(problem('23.0.6', '{"graph": "/srv"}'), 'graph');
  assert.equal(problem('24.0.9', '{"graph": "/srv"}'), 'unknown-directives');
  assert.equal(problem('23.0.6', null, '-g /srv'), 'graph');
  assert.equal(problem('24.0.9', null, '-g /srv'), 'unknown-option');
  assert.equal(problem(TWENTY, '{"data-root": "/a"}', '-g /b'), null);
  assert.equal(problem(TWENTY, '{"graph": "/a"}', '-g /b'), 'given-twice');
  assert.equal(problem(TWENTY, '{"graph": "/a", "data-root": "/b"}'), 'graph-and-data-root');
  assert.equal(problem(TWENTY, null, '-g /a --data-root /b'), 'graph-and-data-root');
});

test('settings that a version does not support, inside of objects as well', () => {
  assert.equal(problem('20.10.0', '{"http-proxy": "x"}'), 'unknown-directives');
  assert.equal(problem('23.0.0', '{"http-proxy": "x"}'), null);
  assert.equal(problem('23.0.0', '{"cluster-store": "x"}'), null);
  assert.equal(problem('24.0.0', '{"cluster-store": "x"}'), 'unknown-directives');
  assert.equal(problem('28.0', '{"proxies": {"nonsense": "x"}}'), 'unknown-directives');
  assert.equal(problem('28.0', '{"log-opts": {"max-size": "10m"}}'), null);
  assert.equal(problem('28.0', '{"Storage-Driver": "vfs"}'), 'unknown-directives');
  assert.equal(problem('28.0', '{"registry-mirrors": [], "default-address-pools": []}'), null);
  assert.equal(problem('20.10.0', null, '--validate'), 'unknown-option');
  assert.equal(problem('23.0.0', null, '--validate'), null);
  assert.equal(problem('25.0.0', null, '--oom-score-adjust=-500'), 'removed-option');
  assert.equal(problem('26.0.0', null, '--oom-score-adjust=-500'), 'unknown-option');
});

test('settings of the wrong type', () => {
  assert.equal(problem(TWENTY, '{"storage-driver": ["vfs"]}'), 'wrong-type');
  assert.equal(problem(TWENTY, '{"storage-opts": "size=1G"}'), 'wrong-type');
  assert.equal(problem(TWENTY, '{"debug": "true"}'), 'wrong-type');
  assert.equal(problem(TWENTY, '{"storage-driver": null}'), null);
});

test('a file that is not valid JSON', () => {
  assert.equal(problem(TWENTY, ''), 'malformed');
  assert.equal(problem('23.0.6', ''), null);
  assert.equal(problem('23.0.6', '{"debug": true,}'), 'malformed');
  assert.equal(problem(TWENTY, '{} rest'), null);
  assert.equal(problem('23.0.6', '{} rest'), 'malformed');
  assert.equal(problem(TWENTY, '\uFEFF{}'), 'malformed');
  assert.equal(problem('23.0.6', '\uFEFF{}'), null);
  assert.equal(problem(TWENTY, null), null);
  assert.equal(problem(TWENTY, null, '--config-file /etc/docker/daemon.json'), 'missing-file');
});

test('DOCKER_DRIVER comes before the option, the last option counts, then the file', () => {
  const driver = (...args: Parameters<typeof configured>) =>
    settingsOf(configured(...args), engine(TWENTY)).driver?.driver;
  assert.equal(driver(null, '-s vfs', 'zfs'), 'zfs');
  assert.equal(driver(null, '-s vfs -s btrfs'), 'btrfs');
  assert.equal(driver('{"storage-driver": "aufs"}'), 'aufs');
  assert.equal(driver('{}'), undefined);
});
