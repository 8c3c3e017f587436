import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { lstatSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { layOutDemo } from '../../src/demo/lay-out-demo.ts';
import { PROGRAM } from '../support/program.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { needs } from '../support/tools.ts';

const NOW = Date.UTC(2026, 10, 23, 12);

// Opening a device can have an effect, as with /dev/watchdog. A FIFO stands for one here: anybody can create it.
for (const half of [0, 1]) {
  test(`on a machine with special files instead of files, no command opens any of them (${half + 1} of 2)`, {
    skip: needs('strace', 'mkfifo'),
  }, () => {
    const root = join(temporaryDirectory(), 'root');
    assert.ok(layOutDemo(root, NOW).ok);
    // A directory that a link points to is listed twice.
    const files = new Set(
      readdirSync(root, { recursive: true, encoding: 'utf8' })
        .map((path) => join(root, path))
        .filter((path) => lstatSync(path).isFile())
        .map((path) => realpathSync(path)),
    );
    const replaced = [...files].filter((_, index) => index % 2 === half);
    for (const path of replaced) rmSync(path);
    execFileSync('mkfifo', replaced);
    const log = join(root, '..', 'opened');
    for (const command of ['kernels', 'docker', 'doctor']) {
      const words = ['-f', '-e', 'trace=open,openat,openat2', '-s', '4096', '-o', log, process.execPath];
      const done = spawnSync('strace', [...words, PROGRAM, command, '--root', root], {
        encoding: 'utf8',
        timeout: 60_000,
      });
      assert.ok(done.status === 0 || done.status === 1, `${command}: ${done.status} ${done.stderr}`);
      const opened = readFileSync(log, 'utf8')
        .split('\n')
        .filter((line) => !line.includes('O_PATH') && !line.includes('ENOENT'))
        .map((line) => /"([^"]+)"/.exec(line)?.[1] ?? '');
      const fifos = new Set(replaced);
      assert.deepEqual(
        opened.filter((path) => fifos.has(path)),
        [],
        command,
      );
      assert.ok(opened.some((path) => path.startsWith(root)));
    }
  });
}

const SWAP = `
const { renameSync } = require('node:fs');
const [, file, fifo, other] = process.argv;
process.stdout.write('ready');
for (;;) {
  renameSync(file, other);
  renameSync(fifo, file);
  renameSync(file, fifo);
  renameSync(other, file);
}`;

// A program in a container can replace a file by a device between two system calls.
test('a file that is replaced again and again is first opened with O_PATH', {
  skip: needs('strace', 'mkfifo'),
}, async () => {
  const root = join(temporaryDirectory(), 'root');
  assert.ok(layOutDemo(root, NOW).ok);
  const [entry = ''] = readdirSync(join(root, 'var/db/pkg/sys-fs'));
  const raced = join(root, 'var/db/pkg/sys-fs', entry, 'INHERITED');
  execFileSync('mkfifo', [`${raced}.fifo`]);
  const swapping = spawn(process.execPath, ['-e', SWAP, raced, `${raced}.fifo`, `${raced}.other`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    await new Promise((resolve) => swapping.stdout.once('data', resolve));
    const log = join(root, '..', 'opened');
    for (let round = 0; round < 3; round++) {
      const words = ['-f', '-e', 'trace=open,openat', '-s', '4096', '-A', '-o', log, process.execPath];
      const { status, stderr } = spawnSync('strace', [...words, PROGRAM, 'status', '--root', root], {
        encoding: 'utf8',
        timeout: 60_000,
      });
      assert.equal(status, 0, stderr);
    }
    const opened = readFileSync(log, 'utf8')
      .split('\n')
      .filter((line) => line.includes(`"${raced}"`));
    assert.ok(opened.length >= 3, 'it was read');
    assert.deepEqual(
      opened.filter((line) => !line.includes('O_PATH')),
      [],
    );
  } finally {
    const ended = once(swapping, 'exit');
    swapping.kill('SIGKILL');
    await ended;
  }
});
