import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { unpackedPackage } from '../../support/debian-kernels.ts';
import { NAMESPACE } from '../../support/namespace.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import { needs } from '../../support/tools.ts';
import type { ContainersConfiguration, ContainersOutcome } from './configuration.ts';
import { DISK_TOOLS, makeDisks } from './disks.ts';

const SKIP = NAMESPACE || needs('apt-get', 'dpkg-deb', ...DISK_TOOLS);
const INSIDE = join(import.meta.dirname, 'inside-podman.js');
const ISOLATED = ['-m', '-p', '-f', '-n', '--mount-proc', '--kill-child'];
/** Debian's podman 4.3 with its libraries; none of it is installed. */
const PACKAGES = ['podman', 'conmon', 'crun', 'libsubid4', 'libgpgme11', 'libassuan0', 'libyajl2'];

const run = promisify(execFile);

function conf(driver: string, more = ''): string {
  const named = driver === '' ? '' : `driver = "${driver}"\n`;
  return `[storage]\n${named}graphroot = "/var/lib/containers/storage"\nrunroot = "/run/containers"\n${more}`;
}

const PROGRAM = '[storage.options.overlay]\nmount_program = "/usr/local/sbin/fuse-overlayfs"\n';

const CONFIGURATIONS: readonly ContainersConfiguration[] = [
  { name: 'overlay', conf: conf('overlay'), ends: 'overlay' },
  { name: 'overlay2 is overlay', conf: conf('overlay2'), ends: 'overlay' },
  { name: 'overlay on btrfs', disk: 'btrfs', conf: conf('overlay'), ends: 'overlay' },
  { name: 'overlay on xfs', disk: 'xfs', conf: conf('overlay'), ends: 'overlay' },
  { name: 'overlay on overlay', disk: 'overlay', conf: conf('overlay'), ends: 'refuses filesystem' },
  {
    name: 'overlay on overlay, with the program',
    disk: 'overlay',
    program: true,
    conf: conf('overlay', PROGRAM),
    ends: 'overlay',
  },
  { name: 'overlay without d_type', disk: 'ext4-plain', conf: conf('overlay'), ends: 'refuses d-type' },
  { name: 'a mount program that is not there', conf: conf('overlay', PROGRAM), ends: 'refuses program' },
  { name: 'vfs', disk: 'ext4-plain', conf: conf('vfs'), ends: 'vfs' },
  { name: 'btrfs', disk: 'btrfs', conf: conf('btrfs'), ends: 'btrfs' },
  { name: 'btrfs on ext4', disk: 'ext4', conf: conf('btrfs'), ends: 'refuses filesystem' },
  { name: 'zfs without its program', conf: conf('zfs'), ends: 'refuses program' },
  { name: 'aufs without AUFS', conf: conf('aufs'), ends: 'refuses kernel' },
  { name: 'a driver that there is not', conf: conf('nonsense'), ends: 'refuses engine' },
  { name: 'no driver named', conf: conf(''), ends: 'overlay' },
  { name: 'no driver named on overlay', disk: 'overlay', conf: conf(''), ends: 'vfs' },
  {
    name: 'an empty directory of btrfs on ext4',
    disk: 'ext4',
    homes: ['btrfs'],
    conf: conf(''),
    ends: 'refuses filesystem',
  },
  { name: 'a directory of vfs', homes: ['vfs'], conf: conf(''), ends: 'overlay' },
  {
    name: 'directories of overlay and btrfs',
    disk: 'btrfs',
    homes: ['overlay', 'btrfs'],
    conf: conf(''),
    ends: 'several',
  },
  {
    name: 'several, and one named',
    disk: 'btrfs',
    homes: ['overlay', 'btrfs'],
    conf: conf('vfs'),
    ends: 'vfs',
  },
];

describe('podman uses the predicted driver', { skip: SKIP, concurrency: 2 }, () => {
  const disks = join(temporaryDirectory(), 'disks');
  let roots: string[] = [];

  before(() => {
    mkdirSync(disks);
    makeDisks(disks);
    roots = PACKAGES.map(unpackedPackage);
  });

  for (const configuration of CONFIGURATIONS) {
    test(configuration.name, async () => {
      const args = [
        ...ISOLATED,
        process.execPath,
        INSIDE,
        JSON.stringify(configuration),
        disks,
        roots.join(':'),
      ];
      const { stdout } = await run('unshare', args, { timeout: 60_000 });
      const { predicted, words, driver, log } = JSON.parse(stdout) as ContainersOutcome;
      assert.equal(predicted, configuration.ends);
      assert.equal(driver, words === null ? predicted : null, log);
      if (words !== null) assert.ok(log.includes(words), `"${words}" is not in what it printed:\n${log}`);
    });
  }
});
