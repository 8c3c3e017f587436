import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NO_STORAGE_SETTINGS } from '../../../src/model/docker-configuration.ts';
import { parseDaemonJson } from '../../../src/system/docker/daemon-json.ts';

test('the names of all settings are read, and the values of the storage settings', () => {
  const text = `{
    "storage-driver": "overlay2", "storage-opts": ["overlay2.size=10G", 3], "data-root": "/srv",
    "userns-remap": "default", "features": { "containerd-snapshotter": true },
    "proxies": { "http-proxy": "http://user:secret@proxy" }, "debug": true, "mtu": 1500, "labels": [], "dns": null
  }`;
  const content = parseDaemonJson(text);
  assert.ok(content.state === 'read');
  assert.deepEqual(content.storage, {
    driver: 'overlay2',
    options: ['overlay2.size=10G'],
    dataRoot: '/srv',
    graph: null,
    usernsRemap: 'default',
    containerdStore: true,
  });
  assert.deepEqual(
    content.directives.map(({ name, type, inside }) => `${inside ?? ''} ${name} ${type}`.trim()),
    [
      'storage-driver text',
      'storage-opts list',
      'data-root text',
      'userns-remap text',
      'features map',
      'features containerd-snapshotter flag',
      'proxies map',
      'proxies http-proxy text',
      'debug flag',
      'mtu number',
      'labels list',
      'dns null',
    ],
  );
  assert.ok(!JSON.stringify(content).includes('secret'));
});

test('a byte order mark, and text after the object', () => {
  const content = parseDaemonJson('\uFEFF{"graph": "/srv/{\\"}"} and {more');
  assert.ok(content.state === 'read');
  assert.deepEqual([content.byteOrderMark, content.rest, content.storage.graph], [true, true, '/srv/{"}']);
});

test('an empty file, no object, and settings of another type', () => {
  assert.deepEqual(parseDaemonJson(' \n'), { state: 'empty' });
  for (const text of ['[]', 'null', '"aufs"', '{"a": 1,}', '{"a": 1', '['.repeat(500_000)])
    assert.equal(parseDaemonJson(text).state, 'malformed', text.slice(0, 20));
  const content = parseDaemonJson('{"storage-driver": ["aufs"], "storage-opts": "x", "features": []}');
  assert.ok(content.state === 'read');
  assert.deepEqual(content.storage, NO_STORAGE_SETTINGS);
});
