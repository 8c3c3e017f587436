import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { textLine, withPriority } from '../../src/daemon/log-line.ts';
import { patchedAgainNotRebuilt } from '../../src/demo/story.ts';
import { machineInMotion } from '../support/machine-in-motion.ts';
import { PROGRAM } from '../support/program.ts';
import { layOut, temporaryDirectory } from '../support/temporary.ts';

/** The log of one scan with these variables and this configuration, as lines. */
function logOf(env: Readonly<Record<string, string>>, format?: 'json'): string[] {
  const directory = join(temporaryDirectory(), 'machine');
  mkdirSync(directory);
  const { root } = machineInMotion(patchedAgainNotRebuilt(Date.now()), directory);
  layOut(root, { 'etc/log.toml': format === undefined ? '' : `[log]\nformat = "${format}"\n` });
  const words = [PROGRAM, 'daemon', '--once', '--root', root, '--config', join(root, 'etc/log.toml')];
  const { stdout } = spawnSync(process.execPath, words, {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, TZ: 'Asia/Kathmandu', ...env },
  });
  return stdout.split('\n').filter((line) => line !== '');
}

const JOURNAL = { JOURNAL_STREAM: '9:1234' };

test('in the journal each line is text with the priority of its level and without a time', () => {
  const lines = logOf(JOURNAL);
  for (const line of lines) assert.match(line, /^<[3467]>[a-z]/);
  assert.ok(
    lines.some((line) =>
      /^<3>opened: The next boot .* \(next-boot-without-aufs \/boot\/vmlinuz\S+\)$/.test(line),
    ),
    lines.join('\n'),
  );
});

test('in a file a line has the local time and the level', () => {
  const lines = logOf({});
  const opened = lines.find((line) => line.includes('(next-boot-without-aufs ')) ?? '';
  const [, time = ''] = /^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}) error: opened: /.exec(opened) ?? [];
  // Kathmandu is 5:45 ahead of UTC.
  const ago = Date.now() + 345 * 60_000 - Date.parse(`${time.replace(' ', 'T')}Z`);
  assert.ok(ago >= 0 && ago < 60_000, opened);
});

test('with format json the lines are JSON, after a priority if they go to the journal', () => {
  for (const [env, start] of [
    [{}, ''],
    [JOURNAL, '<3>'],
  ] as const) {
    const lines = logOf(env, 'json');
    assert.ok(lines.length > 0);
    for (const line of lines) JSON.parse(line.replace(/^<\d>/, ''));
    assert.ok(lines.some((line) => line.startsWith(start) && line.includes('"severity":"critical"')));
  }
});

test('each line of a trace has the priority, and names cannot act on a terminal', () => {
  const written = {
    level: 50,
    time: '2026-11-28T00:00:00.000Z',
    error: 'Error: x\n  at y',
    msg: 'a \u001b[31m b',
  };
  const lines = withPriority(textLine(JSON.stringify(written), 'journal'), 50);
  assert.equal(lines, '<3>a \\x1b[31m b: Error: x\n<3>  at y\n');
});
