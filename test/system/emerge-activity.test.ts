import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { findPhase, isMerging } from '../../src/system/emerge-activity.ts';
import { listProcesses } from '../../src/system/processes.ts';
import { openRoot, type Root } from '../../src/system/root.ts';
import { ORDINARY } from '../support/ordinary-user.ts';
import { addProcess, processFiles } from '../support/process-files.ts';
import { layOut, temporaryDirectory } from '../support/temporary.ts';
import { needs } from '../support/tools.ts';
import { until } from '../support/wait.ts';

const CATEGORY = 'sys-fs';

function isAtWork(files: Readonly<Record<string, string>>, now = Date.now()): boolean {
  const directory = temporaryDirectory();
  layOut(directory, { [`var/db/pkg/${CATEGORY}/mdadm-4.3/PF`]: 'mdadm-4.3\n', ...files });
  const root = openRoot(directory);
  return isMerging(root, [CATEGORY], now) || phaseIn(root) !== null;
}

function isPhase(...process: Parameters<typeof processFiles>): boolean {
  const directory = temporaryDirectory();
  addProcess(directory, ...process);
  return phaseIn(openRoot(directory)) !== null;
}

function phaseIn(root: Root): number | null {
  const processes = listProcesses(root);
  return processes.known ? (findPhase(root, processes.value)?.pid ?? null) : null;
}

test('without a sign of work nothing is in progress', () => {
  assert.equal(isAtWork({}), false);
  assert.equal(isPhase(7, 'bash', ['-bash']), false);
  assert.equal(isPhase(7, 'vim', ['vim', '/usr/lib/portage/python3.13/ebuild.sh']), false);
});

test('a half-merged directory and the locks of the database are work', () => {
  assert.equal(isAtWork({ [`var/db/pkg/${CATEGORY}/-MERGING-aufs6-1/PF`]: 'aufs6-1\n' }), true);
  assert.equal(isAtWork({ [`var/db/pkg/${CATEGORY}/.aufs6-1.portage_lockfile`]: '' }), false);
});

test('files that a killed emerge left half merged stop counting as work', () => {
  const left = { [`var/db/pkg/${CATEGORY}/-MERGING-aufs6-1/PF`]: 'aufs6-1\n' };
  assert.equal(isAtWork(left, Date.now() + 10 * 60_000), true);
  assert.equal(isAtWork(left, Date.now() + 20 * 60_000), false);
});

test('the files of a running emerge count while it runs', () => {
  const published = { 'run/portage/emerge-77.json': '{}', 'proc/self/comm': 'node\n' };
  const words = ['python3.13', 'emerge', 'aufs6'];
  const isPublishing = (uids?: string) => {
    const directory = temporaryDirectory();
    layOut(directory, published);
    addProcess(directory, 77, 'emerge', words, uids);
    return isMerging(openRoot(directory), [CATEGORY], Date.now());
  };
  assert.equal(isPublishing(), true);
  assert.equal(
    isPublishing('1000\t1000\t1000\t1000'),
    false,
    'it was killed, and a process of a user has its number now',
  );
  assert.equal(isAtWork(published), false, 'it was killed');
  assert.equal(isAtWork({ 'run/portage/emerge-77.sock': '' }), false);
});

test('a phase is work, whatever the name of its process; an emerge that waits for an answer is not', () => {
  const phase = ['/bin/bash', '/usr/lib/portage/python3.13/ebuild.sh', 'compile'];
  assert.equal(isPhase(7, 'ebuild.sh', phase), true);
  assert.equal(isPhase(7, 'bash', phase), true);
  const waiting = ['/usr/bin/python3.13', '/usr/lib/python-exec/python3.13/emerge', '--ask', 'aufs6'];
  assert.equal(isPhase(7, 'emerge', waiting), false);
});

test("a phase must be a process of root's or Portage's, in this root", () => {
  const phase = ['/bin/bash', '/usr/lib/portage/python3.13/ebuild.sh', 'compile'];
  const isOf = (uids: string) => isPhase(7, 'ebuild.sh', phase, uids);
  assert.equal(isOf('250\t250\t250\t250'), true, 'FEATURES="userpriv"');
  assert.equal(isOf('1000\t1000\t1000\t1000'), false);
  assert.equal(isOf('1000\t0\t0\t0'), false, 'a setuid program with that name');
  const directory = temporaryDirectory();
  layOut(directory, { 'etc/passwd': 'root:x:0:0::/root:/bin/sh\nportage:x:77:77::/var/tmp:/bin/false\n' });
  addProcess(directory, 7, 'ebuild.sh', phase, '77\t77\t77\t77');
  assert.equal(phaseIn(openRoot(directory)), 7);
  const elsewhere = temporaryDirectory();
  layOut(elsewhere, { ...processFiles(7, 'ebuild.sh', phase), 'proc/7/root/etc/passwd': '' });
  assert.equal(phaseIn(openRoot(elsewhere)), null, 'in a container');
});

test('a real process of another user, and one in another root', {
  skip: needs('bash', 'unshare') || (process.getuid?.() !== 0 && 'only root can be another user'),
}, async () => {
  const directory = temporaryDirectory();
  chmodSync(directory, 0o755);
  layOut(directory, { 'ebuild.sh': '#!/usr/bin/env bash\nread -r line\n' });
  const script = join(directory, 'ebuild.sh');
  chmodSync(script, 0o755);
  const users = spawn(script, ['setup'], { stdio: ['pipe', 'ignore', 'ignore'], ...ORDINARY });
  // As in a container: another root, with our programs.
  const image = join(directory, 'image');
  layOut(image, { 'ebuild.sh': 'read -r line\n', 'usr/here': '' });
  for (const name of ['bin', 'lib', 'lib64']) symlinkSync(`usr/${name}`, join(image, name));
  const enter = `mount --bind /usr ${image}/usr && exec chroot ${image} /usr/bin/bash /ebuild.sh setup`;
  const inside = spawn('unshare', ['-m', 'bash', '-c', enter], { stdio: ['pipe', 'ignore', 'ignore'] });
  const isRunning = (pid: number | undefined) =>
    readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')[1]?.endsWith('/ebuild.sh') === true;
  await until('both run', () => isRunning(users.pid) && isRunning(inside.pid));
  const processes = listProcesses(openRoot('/'));
  assert.ok(processes.known && users.pid !== undefined && inside.pid !== undefined);
  const both = new Map([users.pid, inside.pid].map((pid) => [pid, processes.value.get(pid)]));
  for (const process of both.values()) {
    assert.ok(process !== undefined);
    assert.equal(findPhase(openRoot('/'), new Map([[process.pid, process]])), null);
  }
  for (const child of [users, inside]) {
    const ended = once(child, 'close');
    child.stdin.end();
    await ended;
  }
});

test('a real process of a phase', {
  skip: needs('bash') || (process.getuid?.() !== 0 && "only root's counts"),
}, async () => {
  const script = join(temporaryDirectory(), 'ebuild.sh');
  layOut(join(script, '..'), { 'ebuild.sh': '#!/usr/bin/env bash\nread -r line\n' });
  chmodSync(script, 0o755);
  const phase = spawn(script, ['setup'], { stdio: ['pipe', 'ignore', 'ignore'] });
  const command = () => readFileSync(`/proc/${phase.pid}/cmdline`, 'utf8');
  await until('bash runs', () => command().startsWith('bash\0'));
  assert.equal(phaseIn(openRoot('/')), phase.pid);
  phase.stdin.end();
  await once(phase, 'close');
});
