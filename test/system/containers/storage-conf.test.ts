import assert from 'node:assert/strict';
import { test } from 'node:test';
import { known, unknown } from '../../../src/model/fact.ts';
import { readContainers } from '../../../src/system/containers/read-containers.ts';
import type { Mount } from '../../../src/system/mounts.ts';
import { openRoot } from '../../../src/system/root.ts';
import { layOut, temporaryDirectory } from '../../support/temporary.ts';

const MOUNT: Mount = { root: '/', mountPoint: '/', type: 'ext4', source: '/dev/sda1', options: [] };

async function read(files: Readonly<Record<string, string>>) {
  const directory = temporaryDirectory();
  layOut(directory, files);
  return readContainers(openRoot(directory), { mountOf: () => known(MOUNT) }, async () =>
    assert.fail('not read in another root'),
  );
}

const PODMAN = { 'usr/bin/podman': '' };

test("the administrator's file comes before the distribution's, and its storage settings are read", async () => {
  const { containers } = await read({
    ...PODMAN,
    'usr/share/containers/storage.conf': '[storage]\ndriver = "vfs"\n',
    'etc/containers/storage.conf':
      '[storage]\ndriver = "overlay"\ngraphroot = "/srv/images"\n[storage.options.overlay]\nmount_program = "/usr/bin/fuse-overlayfs"\n',
    'srv/images/overlay/l/x': '',
    'srv/images/btrfs/.keep': '',
  });
  assert.deepEqual(containers.programs, ['podman']);
  assert.deepEqual(
    containers.configuration,
    known({
      path: '/etc/containers/storage.conf',
      driver: 'overlay',
      mountProgram: { path: '/usr/bin/fuse-overlayfs', isThere: false },
    }),
  );
  assert.equal(containers.graphRoot, '/srv/images');
  assert.deepEqual(containers.homes.known && containers.homes.value.map(({ driver }) => driver), [
    'btrfs',
    'overlay',
  ]);
  assert.equal(containers.database, false);
});

test('a missing file, missing programs, and an invalid file', async () => {
  const { containers } = await read({ ...PODMAN, 'var/lib/containers/storage/db.sql': '' });
  assert.deepEqual(containers.configuration, known({ path: null, driver: null, mountProgram: null }));
  assert.equal(containers.database, true);
  const absent = await read({ 'etc/containers/storage.conf': 'driver' });
  assert.deepEqual([absent.containers.programs, absent.problems], [[], []]);
  const broken = await read({ ...PODMAN, 'etc/containers/storage.conf': '[storage\n' });
  assert.deepEqual(
    broken.containers.configuration,
    unknown('malformed', '/etc/containers/storage.conf is not valid TOML'),
  );
  assert.equal(broken.problems.length, 1);
});

test('values of another form, or with control characters, are refused', async () => {
  const { containers } = await read({
    ...PODMAN,
    'etc/containers/storage.conf': '[storage]\ndriver = 3\ngraphroot = "a\\u0007b"\noptions = "x"\n',
  });
  assert.deepEqual(containers.configuration.known && containers.configuration.value.driver, null);
  assert.equal(containers.graphRoot, '/var/lib/containers/storage');
});
