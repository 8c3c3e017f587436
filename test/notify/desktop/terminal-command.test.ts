import assert from 'node:assert/strict';
import { chmodSync } from 'node:fs';
import { test } from 'node:test';
import { terminalCommand } from '../../../src/notify/desktop/terminal-command.ts';
import { layOut, temporaryDirectory } from '../../support/temporary.ts';

const PLAN = ['aufswatch', 'plan', '--hold'];

/** The command that opens a terminal if these programs are installed. */
function opened(installed: readonly string[], terminal?: string): string[] | null {
  const bin = temporaryDirectory();
  layOut(bin, Object.fromEntries(installed.map((name) => [name, ''])));
  for (const name of installed) chmodSync(`${bin}/${name}`, 0o755);
  return terminalCommand(PLAN, { PATH: `/nonexistent:${bin}`, TERMINAL: terminal });
}

test('xdg-terminal-exec comes first', () => {
  assert.deepEqual(opened(['xterm', 'xdg-terminal-exec', 'foot'], 'foot'), ['xdg-terminal-exec', ...PLAN]);
});

test('then the terminal of the environment, with the option that it needs', () => {
  assert.deepEqual(opened(['xterm', 'foot', 'konsole'], 'foot'), ['foot', ...PLAN]);
  assert.deepEqual(opened(['xterm', 'gnome-terminal'], 'gnome-terminal'), ['gnome-terminal', '--', ...PLAN]);
  assert.deepEqual(opened(['xterm', 'my-own'], 'my-own'), ['my-own', '-e', ...PLAN]);
});

test('a terminal that is not installed is skipped', () => {
  assert.deepEqual(opened(['xterm'], 'foot'), ['xterm', '-e', ...PLAN]);
  assert.deepEqual(opened(['xterm', 'konsole']), ['konsole', '-e', ...PLAN]);
});

test('without any terminal there is no command', () => {
  assert.equal(opened([]), null);
  assert.equal(terminalCommand(PLAN, {}), null);
});
