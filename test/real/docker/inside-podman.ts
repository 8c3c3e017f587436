/**
 * Runs in its own namespaces: writes a machine, predicts the storage driver of podman on it, runs podman, and prints
 * both as JSON. Arguments: the configuration as JSON, the directory of disks, the roots of unpacked packages.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mapFact } from '../../../src/model/fact.ts';
import { readContainers } from '../../../src/system/containers/read-containers.ts';
import { askFileTypes } from '../../../src/system/docker/file-types.ts';
import { mountOf, readMounts } from '../../../src/system/mounts.ts';
import { openRoot } from '../../../src/system/root.ts';
import { type StorageStart, storageStart } from '../../../src/verdict/containers/storage-start.ts';
import type { ContainersConfiguration, ContainersOutcome } from './configuration.ts';
import { mountDisk, run } from './disks.ts';
import { kernelHere } from './kernel-here.ts';

const STORAGE = '/var/lib/containers/storage';

const [json = '{}', disks = '', packages = ''] = process.argv.slice(2);
const configuration = JSON.parse(json) as ContainersConfiguration;

layOut();
const start = await predicted();
const podman = askPodman();
const outcome: ContainersOutcome = {
  predicted: ending(start),
  words: start.is === 'refuses' || start.is === 'several' ? start.words : null,
  ...podman,
};
process.stdout.write(JSON.stringify(outcome));

function layOut(): void {
  run('mount', '-t', 'tmpfs', 'none', '/run');
  for (const part of ['upper', 'work']) mkdirSync(`/run/etc/${part}`, { recursive: true });
  const etc = 'lowerdir=/etc,upperdir=/run/etc/upper,workdir=/run/etc/work';
  run('mount', '-t', 'overlay', '-o', etc, 'overlay', '/etc');
  run('mount', '-t', 'tmpfs', 'none', '/var/lib');
  run('mount', '-t', 'tmpfs', 'none', '/usr/local/sbin');
  run('mount', '-t', 'tmpfs', 'none', '/usr/local/bin');
  mountDisk(configuration.disk ?? 'tmpfs', STORAGE, disks, '/run/disks');
  for (const home of configuration.homes ?? []) mkdirSync(join(STORAGE, home));
  // The program reads this path to find out whether podman is installed; the real one is elsewhere.
  writeFileSync('/usr/local/bin/podman', '');
  if (configuration.program) copyFileSync('/bin/true', '/usr/local/sbin/fuse-overlayfs');
  mkdirSync('/etc/containers', { recursive: true });
  writeFileSync('/etc/containers/storage.conf', configuration.conf);
  writeFileSync('/etc/containers/policy.json', '{"default":[{"type":"insecureAcceptAnything"}]}');
}

async function predicted(): Promise<StorageStart> {
  const root = openRoot('/');
  const mounts = readMounts(root);
  const mountAt = (path: string) => mapFact(mounts, (all) => mountOf(all, path));
  const { containers } = await readContainers(root, { mountOf: mountAt }, askFileTypes);
  return storageStart(containers, kernelHere());
}

function askPodman(): { driver: string | null; log: string } {
  const roots = packages.split(':');
  const env = {
    PATH: [...roots.map((root) => `${root}/usr/bin`), '/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin'].join(
      ':',
    ),
    LD_LIBRARY_PATH: roots.map((root) => `${root}/usr/lib/x86_64-linux-gnu`).join(':'),
    HOME: '/root',
  };
  const args = ['info', '--format', '{{.Store.GraphDriverName}}'];
  const { status, stdout, stderr } = spawnSync('podman', args, { env, encoding: 'utf8', timeout: 30_000 });
  return { driver: status === 0 ? stdout.trim() : null, log: stderr };
}

function ending(found: StorageStart): string {
  switch (found.is) {
    case 'starts':
      return found.driver;
    case 'refuses':
      return `refuses ${found.lack.of}`;
    case 'several':
      return 'several';
    case 'unknown':
      return `unknown: ${found.why}`;
  }
}
