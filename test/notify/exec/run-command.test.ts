import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { ExecMessage } from '../../../src/notify/exec/message.ts';
import { runCommand } from '../../../src/notify/exec/run-command.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import { until } from '../../support/wait.ts';

const MESSAGE: ExecMessage = {
  schema: 2,
  kind: 'tell',
  host: 'gentoo',
  atMs: 1_795_000_000,
  severity: 'critical',
  title: 'The next boot will be without "AUFS"; $(reboot) `reboot` & <b>',
  body: 'first line\nsecond line',
  codes: ['next-boot-without-aufs'],
};

describe('a command of the configuration', () => {
  const directory = temporaryDirectory();

  function script(name: string, text: string): string {
    const path = join(directory, name);
    writeFileSync(path, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
    return path;
  }

  function run(command: readonly string[], timeout = 10_000, signal = new AbortController().signal) {
    return runCommand({ command, timeoutMs: timeout, from: 'warning' }, MESSAGE, signal);
  }

  test('gets the message as one line of JSON on its standard input', async () => {
    const received = join(directory, 'received');
    assert.equal(await run([script('receive', `cat >${received}`)]), null);
    const text = readFileSync(received, 'utf8');
    assert.equal(text.split('\n').length, 2);
    assert.deepEqual(JSON.parse(text), MESSAGE);
  });

  test('gets its arguments literally: no shell reads them', async () => {
    const words = [
      'a b',
      '',
      '$HOME',
      '*',
      '; touch never',
      '$(touch never)',
      "'",
      '"',
      '\\',
      '>never',
      'é\nx',
    ];
    const got = join(directory, 'got');
    assert.equal(await run([script('words', `printf '%s\\0' "$@" >${got}`), ...words]), null);
    assert.deepEqual(readFileSync(got, 'utf8').split('\0').slice(0, -1), words);
    assert.equal(existsSync(join(directory, 'never')) || existsSync('never'), false);
  });

  test('need not read its input', async () => {
    assert.equal(await run(['true']), null);
    assert.equal(await run([script('closed', 'exec <&-; exit 0')]), null);
  });

  test('that fails is reported with its exit status and its first output', async () => {
    const failing = script('failing', 'echo "no route to host" >&2; echo more >&2; exit 7');
    assert.equal(await run([failing]), 'exit status 7: no route to host');
    assert.equal(await run(['false']), 'exit status 1');
    assert.equal(await run([script('dies', 'kill -9 $$')]), 'ended by SIGKILL');
  });

  test('that cannot be run is reported', async () => {
    assert.match((await run(['/no/such/command'])) ?? '', /^it could not be run: .*ENOENT/);
    writeFileSync(join(directory, 'not-executable'), '');
    assert.match((await run([join(directory, 'not-executable')])) ?? '', /^it could not be run: .*EACCES/);
    // Longer than any argument may be.
    assert.match((await run(['true', 'x'.repeat(200_000)])) ?? '', /^it could not be run: .*E2BIG/);
    assert.match((await run(['/bin/a\0b'])) ?? '', /^it could not be run: .*null bytes/);
  });

  test('that writes endlessly is cut off; it neither fills the memory nor waits for a reader', async () => {
    const talks = script('talks', 'head -c 3000000 /dev/zero | tr "\\0" x >&2; exit 1');
    const failure = (await run([talks])) ?? '';
    assert.ok(failure.startsWith('exit status 1: xxx') && failure.length < 5000, `${failure.length}`);
  });

  test('that takes too long is killed with its child processes, even if they ignore SIGTERM', async () => {
    const pid = join(directory, 'pid');
    const stubborn = `trap '' TERM; sh -c 'trap "" TERM; echo $$ >${pid}; while :; do sleep 1; done' &`;
    const failure = await run([script('stubborn', `${stubborn}\nwhile :; do sleep 1; done`)], 300);
    assert.equal(failure, 'ran longer than 0.3 s');
    const child = readFileSync(pid, 'utf8').trim();
    await until('the child is gone', () => !isAlive(child));
  });

  test('is over when it ends, even if a child holds its standard error open', async () => {
    const pid = join(directory, 'left');
    assert.equal(await run([script('leaves', `sleep 30 & echo $! >${pid}`)]), null);
    const child = readFileSync(pid, 'utf8').trim();
    assert.ok(isAlive(child), 'the child may run on in the background');
    process.kill(Number(child));
  });

  test('is ended when the daemon stops', async () => {
    const abort = new AbortController();
    const started = join(directory, 'started');
    const running = run([script('slow', `echo $$ >${started}; sleep 30`)], 60_000, abort.signal);
    await until('it runs', () => existsSync(started) && readFileSync(started, 'utf8') !== '');
    abort.abort();
    assert.equal(await running, 'ended by SIGTERM');
    assert.equal(await run(['true'], 1000, abort.signal), 'it was not begun');
  });
});

function isAlive(pid: string): boolean {
  const path = `/proc/${pid}/stat`;
  return existsSync(path) && !/\) Z /.test(readFileSync(path, 'utf8'));
}
