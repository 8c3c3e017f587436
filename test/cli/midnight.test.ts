import assert from 'node:assert/strict';
import { type StdioOptions, spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { writeMachine } from '../../src/demo/machine.ts';
import { runInside } from '../support/cli.ts';
import { SCENARIOS } from '../support/demo/scenarios.ts';
import { aufswatch, PROGRAM } from '../support/program.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { needs } from '../support/tools.ts';
import { until } from '../support/wait.ts';

const AS_ROOT = process.getuid?.() === 0 ? false : 'needs root, whose ledger is under the root';

/** A machine whose next boot will be without AUFS. */
function story(): string {
  const root = join(temporaryDirectory(), 'root');
  writeMachine(root, SCENARIOS.story(Date.now()));
  return root;
}

function onFullDisk(words: readonly string[], streams: 'out' | 'both') {
  const full = openSync('/dev/full', 'w');
  const stdio: StdioOptions = ['ignore', full, streams === 'both' ? full : 'pipe'];
  const done = spawnSync(process.execPath, [PROGRAM, ...words], { encoding: 'utf8', stdio, timeout: 60_000 });
  closeSync(full);
  return { status: done.status, error: done.stderr };
}

test('standard output on a full disk gives one line and no success', () => {
  const root = story();
  const line = 'aufswatch: standard output cannot be written: ENOSPC\n';
  assert.deepEqual(onFullDisk(['plan', '--root', root], 'out'), { status: 1, error: line });
  assert.deepEqual(onFullDisk(['--help'], 'out'), { status: 1, error: line });
  assert.deepEqual(onFullDisk(['check', '--root', root], 'out'), { status: 2, error: line });
});

test('the exit status stays right if standard error cannot be written', () => {
  assert.equal(onFullDisk(['frobnicate'], 'both').status, 64);
});

test('a reader that closes the pipe early does not change the exit status of check', {
  skip: needs('bash'),
}, () => {
  const words = [PROGRAM, 'check', '--before-reboot', '--root', story()];
  const script = 'set -o pipefail; "$0" "$@" | true';
  const done = spawnSync('bash', ['-c', script, process.execPath, ...words], { encoding: 'utf8' });
  assert.deepEqual({ status: done.status, error: done.stderr }, { status: 2, error: '' });
});

test('a root that is no directory is named in the error, and nothing is created there', async () => {
  const directory = temporaryDirectory();
  const file = join(directory, 'file');
  const nowhere = join(directory, 'nowhere');
  writeFileSync(file, '');
  const mistakes = {
    [file]: `${file}: not a directory`,
    [nowhere]: `${nowhere}: no such directory`,
    '': '"": name a directory',
  };
  for (const command of [
    'status',
    'snapshot',
    'history',
    'reboot-ok',
    'follow',
    'daemon',
    'doctor',
    'report',
  ]) {
    for (const [root, mistake] of Object.entries(mistakes)) {
      const expected = { exit: 1, out: '', err: `aufswatch: --root ${mistake}\n` };
      assert.deepEqual(await runInside([command, '--root', root]), expected, command);
    }
  }
  assert.equal(existsSync(nowhere), false);
});

test('with a ledger that is damaged in the middle, status works and history says so in one line', {
  skip: AS_ROOT,
}, () => {
  const root = story();
  assert.equal(aufswatch(['daemon', '--once', '--root', root]).status, 0);
  const path = join(root, 'var/lib/aufswatch/ledger.sqlite3');
  const page = 4096;
  const bytes = readFileSync(path);
  bytes.fill(0xa5, page, statSync(path).size);
  writeFileSync(path, bytes);
  const line = `aufswatch: ${path} is damaged; the daemon recovers it when it starts\n`;
  for (const command of ['history', 'builds', 'findings']) {
    assert.deepEqual(aufswatch([command, '--root', root]), { status: 1, out: '', error: line }, command);
  }
  for (const command of ['status', 'report', 'metrics', 'plan']) {
    const { status, out, error } = aufswatch([command, '--root', root]);
    assert.deepEqual({ status, error }, { status: 0, error: '' }, command);
    assert.match(out, /next-boot-without-aufs/, command);
  }
});

test('the error for a file that is no snapshot has no empty part', () => {
  const file = join(temporaryDirectory(), 'list.json');
  writeFileSync(file, '[]');
  assert.doesNotMatch(aufswatch(['status', '--snapshot', file]).error, /: :/);
});

test('the program ends when its terminal is closed', { skip: needs('script') }, async () => {
  const root = story();
  const runtime = join(temporaryDirectory(), 'runtime');
  const env = { ...process.env, STATE_DIRECTORY: temporaryDirectory(), RUNTIME_DIRECTORY: runtime };
  const words = `exec '${process.execPath}' '${PROGRAM}' follow --root '${root}'`;
  const terminal = spawn('script', ['--quiet', '--command', words, '/dev/null'], { stdio: 'pipe', env });
  let shown = '';
  terminal.stdout.on('data', (data) => {
    shown += String(data);
  });
  await until(
    'watch runs',
    () => shown.includes('opened: ') && existsSync(join(runtime, 'status.json')),
    30_000,
  );
  const pid = Number(/"pid":(\d+)/.exec(readFileSync(join(runtime, 'status.json'), 'utf8'))?.[1]);
  assert.ok(pid > 0 && existsSync(`/proc/${pid}`));
  terminal.kill('SIGKILL');
  await until('watch has ended', () => !existsSync(`/proc/${pid}`), 30_000);
});

test('a terminal without a known width is taken to have 80 columns', { skip: needs('script') }, () => {
  const words = `stty cols 0; exec '${process.execPath}' '${PROGRAM}' plan --root '${story()}'`;
  const { stdout } = spawnSync('script', ['--quiet', '--return', '--command', words, '/dev/null'], {
    encoding: 'utf8',
  });
  assert.match(stdout, /Resolves next-boot-without-aufs, kernel-not-rebuilt\./);
});

test('notify --test reports no success if no command is configured', async () => {
  const root = story();
  const result = await runInside(['notify', '--test', '--channel', 'exec', '--root', root]);
  assert.equal(result.exit, 1);
  assert.match(result.err, /exec: no command is configured; see \[\[exec\]\]/);
  const config = join(root, 'etc/aufswatch.toml');
  writeFileSync(config, '[[exec]]\ncommand = ["true"]\n');
  const ofImage = await runInside(['notify', '--test', '--channel', 'exec', '--root', root]);
  assert.match(
    ofImage.err,
    /no command is configured/,
    'an image does not have the commands of this machine',
  );
  const named = ['notify', '--test', '--channel', 'exec', '--root', root, '--config', config];
  const configured = await runInside(named);
  assert.deepEqual(configured, { ...configured, exit: 0, out: 'exec: done\n' });
});
