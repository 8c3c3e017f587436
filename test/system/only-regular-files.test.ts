import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { lstatSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { layOutDemo } from '../../src/demo/lay-out-demo.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { needs } from '../support/tools.ts';

const PROGRAM = join(import.meta.dirname, '..', '..', 'src', 'cli', 'aufswatch.js');
const NOW = Date.UTC(2026, 10, 23, 12);

// To open a device can do something, as /dev/watchdog does, and a FIFO stands for one here: anybody can make it.
for (const half of [0, 1]) {
  test(`of a machine where files are none, no command opens any of them (${half + 1} of 2)`, {
    skip: needs('strace', 'mkfifo'),
  }, () => {
    const root = join(temporaryDirectory(), 'root');
    assert.ok(layOutDemo(root, NOW).ok);
    // A directory that a link leads to is listed twice.
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
