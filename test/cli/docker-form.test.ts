import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dockerForm } from '../../src/cli/snapshot-form/docker.ts';
import { configuredDrivers } from '../../src/model/docker-configuration.ts';
import { dockerStart } from '../../src/verdict/dockerd/outlook.ts';
import { DOCKER, KERNEL } from '../support/docker-facts.ts';

/** Docker's part of a snapshot as it was before the configuration was read whole. */
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

test('a snapshot of today is read as it was written', () => {
  assert.deepEqual(dockerForm.parse(JSON.parse(JSON.stringify(DOCKER))), DOCKER);
});

test('one from before says what it said', () => {
  const facts = dockerForm.parse(EARLIER);
  const start = dockerStart(facts, KERNEL);
  assert.ok(start.is === 'starts' && start.driver === 'overlay2' && start.by === 'prior');
  assert.match(start.warns ?? '', /without d_type/);
  assert.deepEqual(facts.used, { known: true, value: 'overlay2' });
});

test('what it says of drivers that are asked for, and of settings that are given twice', () => {
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
