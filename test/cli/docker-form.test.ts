import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dockerForm } from '../../src/cli/snapshot-form/docker.ts';
import { configuredDrivers } from '../../src/model/docker-configuration.ts';
import { dockerStart } from '../../src/verdict/dockerd/outlook.ts';
import { DOCKER, KERNEL } from '../support/docker-facts.ts';

/** The docker part of a snapshot as older versions wrote it, before they read the whole configuration. */
const EARLIER = {
  present: true,
  engine: { known: true, value: '20.10.24' },
  leftOut: { known: true, value: [] },
  used: { known: true, value: { driver: 'overlay2', by: 'daemon' } },
  asked: [],
  twice: null,
  dataRoot: '/var/lib/docker',
  backingFilesystem: { known: true, value: 'xfs' },
  dType: { known: true, value: false },
  loopback: { known: true, value: false },
  directories: { known: true, value: ['overlay2'] },
};

test('a snapshot of this version is read as it was written', () => {
  assert.deepEqual(dockerForm.parse(JSON.parse(JSON.stringify(DOCKER))), DOCKER);
});

test('a snapshot of an older version keeps its meaning', () => {
  const facts = dockerForm.parse(EARLIER);
  const start = dockerStart(facts, KERNEL);
  assert.ok(start.is === 'starts' && start.driver === 'overlay2' && start.by === 'prior');
  assert.match(start.warns ?? '', /without d_type/);
  assert.deepEqual(facts.used, { known: true, value: 'overlay2' });
});

test('an older snapshot keeps its requested drivers, and the settings that are given twice', () => {
  const asked = [
    { driver: 'aufs', where: 'DOCKER_OPTS in /etc/conf.d/docker' },
    { driver: 'vfs', where: '/etc/docker/daemon.json' },
  ];
  const facts = dockerForm.parse({ ...EARLIER, asked });
  assert.deepEqual(configuredDrivers(facts.configuration), asked);
  const twice = { setting: 'storage-driver', option: 'DOCKER_OPTS', file: '/etc/docker/daemon.json' };
  const refused = dockerStart(dockerForm.parse({ ...EARLIER, asked, twice }), KERNEL);
  assert.ok(refused.is === 'refuses' && refused.refusal.kind === 'configuration');
  assert.equal(refused.refusal.problem.is, 'given-twice');
});
