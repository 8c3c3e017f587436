import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { SCANS } from '../../src/daemon/helper-words.ts';
import { PROGRAM } from '../support/program.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { until } from '../support/wait.ts';

// Stands in for the daemon. It is killed after its second request.
const DAEMON = `
const [program, words, log] = process.argv.slice(1);
const { openSync } = require('node:fs');
const stdio = ['ignore', 'ignore', openSync(log, 'w'), 'ipc'];
const scanner = require('node:child_process').fork(program, [words], { stdio, detached: true });
scanner.once('message', () => {
  console.log(scanner.pid);
  // Held until nobody is there who could take its answer.
  process.kill(scanner.pid, 'SIGSTOP');
  scanner.send({ form: 0 }, () => process.kill(process.pid, 'SIGKILL'));
});
scanner.send({ form: 0 });`;

test('a scanner whose daemon was killed ends without any output', async () => {
  const log = join(temporaryDirectory(), 'log');
  for (let round = 0; round < 3; round++) {
    const { stdout } = spawnSync(process.execPath, ['-e', DAEMON, PROGRAM, SCANS, log], { encoding: 'utf8' });
    const pid = Number(stdout);
    assert.ok(pid > 0, stdout);
    process.kill(pid, 'SIGCONT');
    await until('the scanner ends', () => !isRunning(pid), 20_000);
    assert.equal(readFileSync(log, 'utf8'), '');
  }
});

function isRunning(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
