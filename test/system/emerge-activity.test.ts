import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { findPhase, isMerging } from '../../src/system/emerge-activity.ts';
import { listProcesses } from '../../src/system/processes.ts';
import { openRoot, type Root } from '../../src/system/root.ts';
import { processFiles } from '../support/process-files.ts';
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

function phaseIn(root: Root): number | null {
  const processes = listProcesses(root);
  return processes.known ? (findPhase(root, processes.value)?.pid ?? null) : null;
}

test('nobody is at work where nothing tells of it', () => {
  assert.equal(isAtWork({}), false);
  assert.equal(isAtWork(processFiles(7, 'bash', ['-bash'])), false);
  assert.equal(isAtWork(processFiles(7, 'vim', ['vim', '/usr/lib/portage/python3.13/ebuild.sh'])), false);
});

test('a half-merged directory, and the locks of the database', () => {
  assert.equal(isAtWork({ [`var/db/pkg/${CATEGORY}/-MERGING-aufs6-1/PF`]: 'aufs6-1\n' }), true);
  assert.equal(isAtWork({ [`var/db/pkg/${CATEGORY}/.aufs6-1.portage_lockfile`]: '' }), false);
});

test('what an emerge that was killed has left half merged is no work for ever', () => {
  const left = { [`var/db/pkg/${CATEGORY}/-MERGING-aufs6-1/PF`]: 'aufs6-1\n' };
  assert.equal(isAtWork(left, Date.now() + 10 * 60_000), true);
  assert.equal(isAtWork(left, Date.now() + 20 * 60_000), false);
});

test('what emerge publishes, while that emerge lives', () => {
  const published = { 'run/portage/emerge-77.json': '{}' };
  assert.equal(isAtWork({ ...published, 'proc/self/comm': 'node\n', 'proc/77/comm': 'emerge\n' }), true);
  assert.equal(isAtWork({ ...published, 'proc/self/comm': 'node\n' }), false, 'it was killed');
  assert.equal(isAtWork({ 'run/portage/emerge-77.sock': '' }), false);
});

test('a phase, whatever the kernel calls it, and not an emerge that waits for an answer', () => {
  const phase = ['/bin/bash', '/usr/lib/portage/python3.13/ebuild.sh', 'compile'];
  assert.equal(isAtWork(processFiles(7, 'ebuild.sh', phase)), true);
  assert.equal(isAtWork(processFiles(7, 'bash', phase)), true);
  const waiting = ['/usr/bin/python3.13', '/usr/lib/python-exec/python3.13/emerge', '--ask', 'aufs6'];
  assert.equal(isAtWork(processFiles(7, 'emerge', waiting)), false);
});

test('a real process of that kind', { skip: needs('bash') }, async () => {
  const script = join(temporaryDirectory(), 'ebuild.sh');
  layOut(join(script, '..'), { 'ebuild.sh': '#!/usr/bin/env bash\nread -r line\n' });
  chmodSync(script, 0o755);
  const phase = spawn(script, ['setup'], { stdio: ['pipe', 'ignore', 'ignore'] });
  const command = () => readFileSync(`/proc/${phase.pid}/cmdline`, 'utf8');
  await until('bash reads it', () => command().startsWith('bash\0'));
  assert.equal(phaseIn(openRoot('/')), phase.pid);
  phase.stdin.end();
  await once(phase, 'close');
});
