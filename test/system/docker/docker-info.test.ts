import assert from 'node:assert/strict';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { askDocker } from '../../../src/system/docker/ask-docker.ts';
import { parseDaemonJson } from '../../../src/system/docker/daemon-json.ts';
import { parseDockerInfo } from '../../../src/system/docker/docker-info.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

const ANSWER = {
  ServerVersion: '23.0.6',
  Driver: 'devicemapper',
  DriverStatus: [
    ['Pool Name', 'docker-8:3-1-pool'],
    ['Data loop file', '/srv/docker/devicemapper/devicemapper/data'],
  ],
  DockerRootDir: '/srv/docker',
};

function client(script: string): string {
  const path = join(temporaryDirectory(), 'docker');
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

test('the client is called with the socket of this machine, and its answer read', async () => {
  const command = client(
    `[ "$1 $2 $3" = "--host unix:///var/run/docker.sock info" ] && [ -z "$DOCKER_HOST" ] && cat <<'END'\n${JSON.stringify(ANSWER)}\nEND`,
  );
  process.env.DOCKER_HOST = 'tcp://192.0.2.1:2375';
  const info = await askDocker({ command });
  delete process.env.DOCKER_HOST;
  assert.ok(info.known, JSON.stringify(info));
  assert.equal(info.value.driver, 'devicemapper');
  assert.equal(info.value.dataRoot, '/srv/docker');
  assert.equal(info.value.status.has('Data loop file'), true);
});

test('a missing client, a missing daemon or a strange answer is unknown, with a reason in one line', async () => {
  const cases: [string, string, RegExp][] = [
    [join(temporaryDirectory(), 'none'), 'tool', /ENOENT/],
    [client('echo "Cannot connect\nto the daemon" >&2; exit 1'), 'tool', /^docker info failed: /],
    [client(`echo '{"ServerErrors":["Cannot connect"]}'`), 'tool', /did not answer/],
    [client('echo nonsense'), 'malformed', /did not print JSON/],
    [client('head -c 5000000 /dev/zero'), 'tool', /printed too much/],
  ];
  for (const [command, code, detail] of cases) {
    const info = await askDocker({ command, timeout: 30_000 });
    assert.ok(!info.known);
    assert.equal(info.code, code, info.detail);
    assert.match(info.detail, detail);
    assert.doesNotMatch(info.detail, /\n/);
  }
});

test('a client that hangs, with a child that holds its output open, is given up', {
  timeout: 20_000,
}, async () => {
  const info = await askDocker({ command: client('sleep 30 & sleep 30'), timeout: 200 });
  assert.ok(!info.known);
  assert.equal(info.code, 'timeout');
});

test('any JSON gives an answer', () => {
  const fields = fc.record(
    {
      ServerVersion: fc.jsonValue(),
      Driver: fc.jsonValue(),
      DriverStatus: fc.jsonValue(),
      DockerRootDir: fc.jsonValue(),
      'storage-driver': fc.jsonValue(),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fields.map((value) => JSON.stringify(value)),
      ),
      (text) => {
        const info = parseDockerInfo(text);
        if (info.known) assert.ok(info.value.driver !== '' && info.value.dataRoot.startsWith('/'));
        parseDaemonJson(text);
      },
    ),
  );
});
