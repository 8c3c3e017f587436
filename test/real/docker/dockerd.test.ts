import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { unpackedPackage } from '../../support/debian-kernels.ts';
import { NAMESPACE } from '../../support/namespace.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import { needs } from '../../support/tools.ts';
import type { Configuration, Outcome } from './configuration.ts';
import { CONFIGURATIONS } from './configurations.ts';
import { DISK_TOOLS, makeDisks } from './disks.ts';

const SKIP = NAMESPACE || needs('apt-get', 'dpkg-deb', ...DISK_TOOLS);
const INSIDE = join(import.meta.dirname, 'inside.js');
const ISOLATED = ['-m', '-p', '-f', '-n', '--mount-proc', '--kill-child'];

const run = promisify(execFile);

/**
 * The real dockerd (Debian's docker.io 20.10), unpacked and not installed, is started in its own namespaces on each of
 * the machines. The result is compared with the prediction.
 */
describe('dockerd starts or refuses as predicted', { skip: SKIP, concurrency: 2 }, () => {
  const directory = temporaryDirectory();
  const programs = join(directory, 'programs');
  const disks = join(directory, 'disks');

  before(() => {
    mkdirSync(programs);
    mkdirSync(disks);
    makeDisks(disks);
    for (const [name, paths] of Object.entries(PROGRAMS)) {
      const root = unpackedPackage(name);
      for (const path of paths)
        symlinkSync(join(root, path), join(programs, path.slice(path.lastIndexOf('/') + 1)));
    }
  });

  for (const configuration of CONFIGURATIONS) {
    test(configuration.name, async () => {
      const { predicted, words, driver, log } = await outcome(configuration, disks, programs);
      assert.equal(predicted, configuration.ends);
      assert.equal(driver, words === null ? predicted : null, log);
      if (words !== null) assert.ok(log.includes(words), `"${words}" is not in the log:\n${log}`);
    });
  }
});

const PROGRAMS: Readonly<Record<string, readonly string[]>> = {
  'docker.io': ['usr/sbin/dockerd', 'usr/bin/docker-init', 'usr/sbin/docker-proxy'],
  containerd: ['usr/bin/containerd', 'usr/bin/containerd-shim-runc-v2'],
  runc: ['usr/sbin/runc'],
};

async function outcome(configuration: Configuration, disks: string, programs: string): Promise<Outcome> {
  const args = [...ISOLATED, process.execPath, INSIDE, JSON.stringify(configuration), disks, programs];
  const { stdout } = await run('unshare', args, { timeout: 120_000, maxBuffer: 16 * 1024 ** 2 });
  return JSON.parse(stdout) as Outcome;
}
