import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { writeMachine } from '../../src/demo/machine.ts';
import { patchedAgainNotRebuilt } from '../../src/demo/story.ts';
import { PROGRAM } from '../support/program.ts';
import { endBeforeRemoval, temporaryDirectory } from '../support/temporary.ts';
import { needs } from '../support/tools.ts';
import { until } from '../support/wait.ts';

const LIMIT = 30_000;

function demonstration(): string {
  const root = join(temporaryDirectory(), 'root');
  mkdirSync(root);
  writeMachine(root, patchedAgainNotRebuilt(Date.now()));
  return root;
}

/** Moves the link to a directory that does not exist. */
function moveLink(root: string): void {
  rmSync(join(root, 'usr/src/linux'));
  symlinkSync('linux-9.9', join(root, 'usr/src/linux'));
}

test('without a terminal, each new picture is printed below the last one', async () => {
  const root = demonstration();
  const child = spawn(process.execPath, [PROGRAM, 'watch', '--root', root], {
    env: { PATH: process.env.PATH, LC_ALL: 'C.UTF-8' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  endBeforeRemoval(() => child.kill('SIGKILL'));
  const ended = new Promise((resolve) => child.once('exit', (code, signal) => resolve(code ?? signal)));
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  await until('the first picture', () => text.includes('The next boot will be without AUFS'), LIMIT);
  assert.ok(text.includes(`aufswatch plan --root ${root}`));
  moveLink(root);
  await until('the second picture', () => text.includes('linux-9.9, which does not exist'), LIMIT);
  assert.match(text, /\n-- \d{4}-\d\d-\d\d \d\d:\d\d\n\n/);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: none of the terminal's
  assert.doesNotMatch(text, /\u001b/);
  child.kill('SIGTERM');
  assert.equal(await ended, 0);
});

/** A terminal of this size in which the command runs. */
function inTerminal(root: string, columns: number, rows: number, instead?: string) {
  const socket = join(temporaryDirectory(), 'tmux');
  const tmux = (...words: readonly string[]): string =>
    execFileSync('tmux', ['-S', socket, ...words], { encoding: 'utf8', timeout: 10_000 });
  const command =
    instead ?? `'${process.execPath}' '${PROGRAM}' watch --root '${root}'; echo "ended with $?"; cat`;
  const env = { ...process.env, LC_ALL: 'C.UTF-8', TERM: 'xterm' };
  endBeforeRemoval(() => spawnSync('tmux', ['-S', socket, 'kill-server']));
  const size = ['-x', String(columns), '-y', String(rows)];
  const start = ['-S', socket, '-f', '/dev/null', 'new-session', '-d', '-s', 'watch', ...size, command];
  execFileSync('tmux', start, { env });
  return { tmux, screen: (): string => tmux('capture-pane', '-p', '-t', 'watch') };
}

for (const [columns, rows] of [
  [120, 45],
  [80, 45],
  [40, 45],
  [40, 12],
  [25, 10],
] as const) {
  test(`the first and the last line are visible in ${columns} columns and ${rows} rows`, {
    skip: needs('tmux'),
  }, async () => {
    const { tmux, screen } = inTerminal(demonstration(), columns, rows);
    const whole = (): boolean => /^The next boot/.test(screen()) && /q ends\s+it\s*$/.test(screen());
    await until('the picture', whole, LIMIT);
    tmux('resize-window', '-t', 'watch', '-x', '50', '-y', '14');
    await until('the picture in a window of another size', whole, LIMIT);
  });
}

test('on a terminal the picture is drawn again in its place, and q restores the terminal', {
  skip: needs('tmux'),
}, async () => {
  const root = demonstration();
  const { tmux, screen } = inTerminal(root, 100, 20);
  await until('the picture', () => screen().includes('in chroot: make'), LIMIT);
  assert.match(screen(), /\d+ more lines; scanned .*; q ends it/);
  moveLink(root);
  await until('the new picture in its place', () => screen().includes('leads to no kernel sources'), LIMIT);
  assert.ok(!screen().includes('in chroot: make'));
  tmux('send-keys', '-t', 'watch', 'q');
  await until('the end', () => screen().includes('ended with 0'), LIMIT);
  assert.ok(!screen().includes('kernel sources'), 'the previous screen is back');
});

test('it scrolls with the keys of less, keeps its position after a change, and shows the keys with ?', {
  skip: needs('tmux'),
}, async () => {
  const root = demonstration();
  const { tmux, screen } = inTerminal(root, 80, 14);
  const press = (...keys: readonly string[]): string => tmux('send-keys', '-t', 'watch', ...keys);
  const lines = (): string[] => screen().trimEnd().split('\n');
  const shows = (what: string, holds: () => boolean) => until(what, holds, LIMIT);
  await shows('the picture', () => /^The next boot/.test(screen()) && /q ends it\s*$/.test(screen()));
  const [, second = ''] = lines();
  press('j');
  await shows('one line down', () => lines()[0] === second && second !== '');
  press('k');
  await shows('one line up', () => /^The next boot/.test(screen()));
  for (const [forth, back] of [
    ['Down', 'Up'],
    ['PageDown', 'PageUp'],
    ['Space', 'b'],
    ['End', 'Home'],
    ['G', 'g'],
  ] as const) {
    press(forth);
    await shows(forth, () => !/^The next boot/.test(screen()));
    press(back);
    await shows(back, () => /^The next boot/.test(screen()));
  }
  press('k', 'G');
  await shows('the end', () => /^end; scanned .*q ends it$/m.test(screen()));
  press('?');
  await shows('the keys', () => /^Keys/.test(screen()) && screen().includes('PgDn'));
  press('x', 'G');
  await shows('the end again', () => /^end; scanned/m.test(screen()));
  moveLink(root);
  await shows('the new picture', () => !/^The next boot/.test(screen()) && screen().includes('linux-9.9'));
  press('q');
  await shows('the end', () => screen().includes('ended with 0'));
});

/** As a hang-up ends a process that does not handle it: by the signal, without a message. The shell outlives it. */
for (const [how, ignored] of [
  ['a hang-up', ''],
  ['a hang-up while SIGHUP is ignored', "trap '' HUP; "],
] as const) {
  test(`${how} ends it cleanly`, { skip: needs('tmux') }, async () => {
    const root = demonstration();
    const ended = join(temporaryDirectory(), 'ended');
    const command = `'${process.execPath}' '${PROGRAM}' watch --root '${root}' 2>'${ended}.error'`;
    const outlives = `trap 'true' HUP; (${ignored}exec ${command}); echo $? >'${ended}'`;
    const { tmux, screen } = inTerminal(root, 80, 24, outlives);
    await until('the picture', () => /q ends it\s*$/.test(screen()), LIMIT);
    tmux('kill-server');
    await until('it has ended', () => existsSync(ended) && readFileSync(ended, 'utf8') !== '', LIMIT);
    assert.deepEqual(
      { status: readFileSync(ended, 'utf8'), error: readFileSync(`${ended}.error`, 'utf8') },
      { status: '129\n', error: '' },
    );
  });
}

test('a directory that does not exist gives one line', () => {
  const { status, stderr } = spawnSync(process.execPath, [PROGRAM, 'watch', '--root', '/nowhere'], {
    encoding: 'utf8',
  });
  assert.equal(status, 1);
  assert.equal(stderr, 'aufswatch: --root /nowhere: no such directory\n');
});
