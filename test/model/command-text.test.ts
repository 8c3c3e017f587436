import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { planScript } from '../../src/cli/render/steps.ts';
import { writeMachine } from '../../src/demo/machine.ts';
import { commandText, shellLine } from '../../src/model/command-text.ts';
import type { PlanStep } from '../../src/model/finding.ts';
import { NO_MEMORY } from '../../src/model/memory.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import type { RunStep, Step } from '../../src/model/step.ts';
import { judge } from '../../src/verdict/judge.ts';
import { SCENARIOS } from '../support/demo/scenarios.ts';
import { NOW, read } from '../support/machines.ts';
import { temporaryDirectory } from '../support/temporary.ts';

/** Programs that only record their arguments. */
function standIns(names: readonly string[]): { readonly calls: (script: string) => string[][] } {
  const directory = temporaryDirectory();
  const bin = join(directory, 'bin');
  const log = join(directory, 'calls');
  const work = join(directory, 'work');
  mkdirSync(bin);
  const script = `#!/bin/sh\nfor word in "\${0##*/}" "$@"; do printf '%s\\0' "$word"; done >>'${log}'\nprintf '\\0' >>'${log}'\n`;
  for (const name of [...names, 'touch', 'nproc']) writeFileSync(join(bin, name), script, { mode: 0o755 });
  return {
    calls: (text) => {
      rmSync(work, { recursive: true, force: true });
      mkdirSync(work);
      writeFileSync(log, '');
      execFileSync('/bin/sh', ['-e', '-c', text], { cwd: work, env: { PATH: bin }, stdio: 'ignore' });
      assert.ok(!existsSync(join(work, 'INJ')));
      return readFileSync(log, 'utf8')
        .split('\0\0')
        .slice(0, -1)
        .map((call) => call.split('\0'));
    },
  };
}

/** The arguments of a step's commands, in order. */
function wordsOf(step: Step): string[][] {
  if (step.by === 'hand') return [];
  return step.commands.map(({ words }) => words.map((word) => (typeof word === 'string' ? word : '-j')));
}

const HOSTILE = fc.constantFrom(
  ...['; touch INJ #', '$(touch INJ)', '`touch INJ`', "'; touch INJ; '", '"; touch INJ; "', '&& touch INJ'],
  ...[
    '\n touch INJ\n',
    '-rf',
    '*',
    '~',
    '\\',
    '$HOME',
    '>INJ',
    '|touch INJ',
    '{a,b}',
    '!x',
    '\u001b[2J',
    '=x',
    '#',
  ],
);
// An empty word ends a call in the log, and no name is empty.
const WORD = fc
  .array(fc.oneof(HOSTILE, fc.string({ minLength: 1 }), fc.string({ unit: 'grapheme', minLength: 1 })), {
    minLength: 1,
    maxLength: 4,
  })
  .map((parts) => parts.join('').replaceAll('\0', ''))
  .filter((word) => word !== '' && Buffer.from(word).toString() === word);

test('a real sh passes the words of a step to the programs unchanged, whatever is in them', () => {
  const { calls } = standIns(['depmod', 'modprobe', 'chroot']);
  const command = fc
    .tuple(fc.constantFrom('depmod', 'modprobe'), fc.array(WORD, { maxLength: 4 }))
    .map(([program, words]) => ({ words: [program, ...words] }));
  const step = fc
    .tuple(command, command)
    .map((commands): RunStep => ({ by: 'command', commands, why: 'does it', stage: 'modules' }));
  fc.assert(
    fc.property(step, fc.option(WORD, { nil: '' }), (made, into) => {
      assert.deepEqual(calls(commandText(made) ?? ''), wordsOf(made));
      const root = `/${into.replaceAll('/', '')}x`;
      const inside = wordsOf(made).map((words) => ['chroot', root, ...words]);
      assert.deepEqual(calls(commandText(made, root) ?? ''), inside);
    }),
    { numRuns: 150 },
  );
});

/** The same machine with other names: they are replaced in every text of the snapshot. */
function renamed(snapshot: Snapshot, names: Readonly<Record<string, string>>): Snapshot {
  return JSON.parse(JSON.stringify(snapshot), (_, value: unknown) => {
    if (typeof value !== 'string') return value;
    let text = value;
    for (const [from, to] of Object.entries(names)) text = text.replaceAll(from, to);
    return text;
  });
}

const RENAMED: readonly Readonly<Record<string, string>>[] = [
  { '6.1.192-gentoo': '6.1.192-gentoo; touch INJ #' },
  { '6.1.192-gentoo': "6.1.192-$(touch INJ)'`touch INJ`", zfs: "zfs'; touch INJ; '" },
  { gentoo: '\n touch INJ\n', aufs: 'aufs && touch INJ' },
];

for (const [name, scenario] of Object.entries(SCENARIOS)) {
  test(`every remedy of a machine (${name}) with hostile names passes the intended words`, async () => {
    const root = join(temporaryDirectory(), 'root');
    writeMachine(root, scenario(NOW));
    const snapshot = await read(root);
    for (const names of RENAMED) {
      const { plan, findings } = judge(renamed(snapshot, names), NO_MEMORY);
      const steps = [...plan, ...findings.flatMap(({ remedy }) => remedy)];
      const programs = new Set(steps.flatMap(wordsOf).map(([program]) => program ?? ''));
      const { calls } = standIns([...programs].filter((program) => !program.includes('/')));
      for (const step of steps.filter(({ by }) => by === 'command')) {
        const called = calls((commandText(step) ?? '').replaceAll(/ > \S+$/g, ''))
          .filter(([program]) => program !== 'nproc')
          .map((words) => words.map((word) => (/^-j\d*$/.test(word) ? '-j' : word)));
        assert.deepEqual(called, wordsOf(step), commandText(step) ?? '');
      }
      const script = join(temporaryDirectory(), 'plan.sh');
      writeFileSync(script, planScript(plan));
      execFileSync('sh', ['-n', script]);
    }
  });
}

test('a step that reads the input of the shell does not take the steps after it', () => {
  const { calls } = standIns(['depmod', 'modprobe']);
  const step = (words: readonly string[]): PlanStep => ({
    by: 'command',
    commands: [{ words }],
    why: 'does it',
    stage: 'modules',
    resolves: ['module-leftover'],
  });
  const script = planScript([step(['cat']), step(['depmod', '-a'])]);
  for (const shell of ['sh', 'bash']) {
    const runs = (): string[][] =>
      calls(`PATH=$PATH:/usr/bin:/bin; printf '%s' ${shellLine([script])} | ${shell} -e`);
    assert.deepEqual(runs(), [['depmod', '-a']], shell);
  }
});

test('a script leaves out a step with an invisible name, and stops there', () => {
  const step = (word: string): PlanStep => ({
    by: 'command',
    commands: [{ words: ['modprobe', '-r', word] }],
    why: `takes ${word} out`,
    stage: 'reload',
    resolves: ['module-leftover'],
  });
  for (const word of ['a\u001b[2J', 'a\u202eb', 'a\rb', 'a\u0085b', 'a\u200bb']) {
    const script = planScript([step(word)]);
    assert.doesNotMatch(script, /^modprobe/m);
    assert.match(script, /^# left out: .*\n.*\nexit 1$/m);
    assert.ok(!script.includes(word));
  }
  assert.match(planScript([step('aufs')]), /^modprobe -r aufs$/m);
});
