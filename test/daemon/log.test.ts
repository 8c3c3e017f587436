import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { patchedAgainNotRebuilt } from '../../src/demo/story.ts';
import { machineInMotion } from '../support/machine-in-motion.ts';
import { PROGRAM } from '../support/program.ts';
import { temporaryDirectory } from '../support/temporary.ts';

/** Lines of the log of one look, with these variables set. */
function logOf(env: Readonly<Record<string, string>>): string[] {
  const directory = join(temporaryDirectory(), 'machine');
  mkdirSync(directory);
  const { root } = machineInMotion(patchedAgainNotRebuilt(Date.now()), directory);
  const words = [PROGRAM, 'daemon', '--once', '--root', root];
  const { stdout } = spawnSync(process.execPath, words, {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, ...env },
  });
  return stdout.split('\n').filter((line) => line !== '');
}

test('to the journal each line has the priority of its level', () => {
  const lines = logOf({ JOURNAL_STREAM: '9:1234' });
  const priorities: Readonly<Record<number, number>> = { 30: 6, 40: 4, 50: 3 };
  for (const line of lines) {
    const [, priority, text = '{}'] = /^<(\d)>(.*)$/.exec(line) ?? [];
    const { level }: { level: number } = JSON.parse(text);
    assert.equal(Number(priority), priorities[level], line);
  }
  assert.ok(
    lines.some((line) => /^<3>.*"severity":"critical"/.test(line)),
    lines.join('\n'),
  );
});

test('elsewhere a line is JSON alone', () => {
  const lines = logOf({});
  assert.ok(lines.length > 0);
  for (const line of lines) JSON.parse(line);
});
