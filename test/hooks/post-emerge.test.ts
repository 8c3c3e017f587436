import assert from 'node:assert/strict';
import { chmodSync, copyFileSync, mkdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { test } from 'node:test';
import { layOutDemo } from '../../src/demo/lay-out-demo.ts';
import { aufswatch, commandFor } from '../support/aufswatch.ts';
import { SCENARIOS, type ScenarioName } from '../support/demo/scenarios.ts';
import { type HookResult, hook, runHook } from '../support/hook.ts';
import { temporaryDirectory } from '../support/temporary.ts';

interface Machine {
  readonly work: string;
  readonly root: string;
  readonly state: string;
  /** Runs the hook as Portage does, from the place where setup puts it. */
  emerge(env?: NodeJS.ProcessEnv): HookResult;
}

function machine(scenario: ScenarioName): Machine {
  const work = temporaryDirectory();
  const root = join(work, 'root');
  const state = join(root, 'var/lib/aufswatch');
  assert.deepEqual(layOutDemo(root, Date.now(), { machine: SCENARIOS[scenario] }), { ok: true });
  for (const directory of [state, join(work, 'bin')]) mkdirSync(directory, { recursive: true });
  const path = join(work, 'bin/post_emerge');
  copyFileSync(hook('portage/post_emerge'), path);
  const command = commandFor(join(work, 'path'), root);
  const env = { PATH: `${command}${delimiter}${process.env.PATH}`, AUFSWATCH_STATE: state, ROOT: '/' };
  return { work, root, state, emerge: (more) => runHook(path, [], { ...env, ...more }) };
}

/** The event that the bashrc hook leaves after a merge of a package that matters. */
function merged({ state }: Machine): void {
  writeFileSync(join(state, 'inbox'), 'aufswatch1\n');
}

test('after a merge with consequences the hook prints at most six lines, once', () => {
  const story = machine('story');
  merged(story);
  const { status, output, errors } = story.emerge();
  assert.deepEqual({ status, errors }, { status: 0, errors: '' });
  const lines = output.trimEnd().split('\n');
  assert.ok(lines.length <= 6, output);
  assert.match(lines[0] ?? '', /^aufswatch: critical: /);
  assert.match(output, /^ {2}The next boot: comes up without aufs\.$/m);
  assert.match(output, /^ {2}Next: make -C \/usr\/src\/linux-6\.1\.192-gentoo/m);
  assert.deepEqual(
    story.emerge(),
    { status: 0, output: '', errors: '' },
    'the next emerge merged other packages',
  );
});

test('it prints nothing if all is in sync, or if nothing that matters was merged', () => {
  const fine = machine('in-sync');
  merged(fine);
  assert.deepEqual(fine.emerge(), { status: 0, output: '', errors: '' });
  assert.deepEqual(machine('story').emerge(), { status: 0, output: '', errors: '' });
  const stage = machine('story');
  merged(stage);
  assert.deepEqual(stage.emerge({ ROOT: '/mnt/stage/' }), { status: 0, output: '', errors: '' });
});

test("it uses the daemon's verdict if that is newer than the last change", () => {
  const story = machine('story');
  merged(story);
  assert.equal(aufswatch(['daemon', '--once', '--root', story.root]).status, 0);
  // Only the daemon has its acknowledgements.
  const acknowledged = aufswatch(['findings', '--json', '--root', story.root]).output;
  const codes = [...acknowledged.matchAll(/"code": ?"([\w-]+)"/g)].map((match) => match[1] ?? '');
  assert.ok(codes.length > 0, acknowledged);
  for (const code of codes) aufswatch(['ack', code, '--root', story.root]);
  assert.equal(aufswatch(['daemon', '--once', '--root', story.root]).status, 0);
  assert.equal(aufswatch(['status', '--after-emerge', '--root', story.root]).output, '');
  // A change since then, and no running daemon: the hook judges the machine itself.
  const later = Date.now() / 1000 + 60;
  utimesSync(join(story.root, 'var/db/pkg'), later, later);
  assert.match(aufswatch(['status', '--after-emerge', '--root', story.root]).output, /critical/);
});

test("the user's own post_emerge is called, and Portage gets its status", () => {
  const fine = machine('in-sync');
  const own = join(fine.work, 'bin/post_emerge.own');
  writeFileSync(own, '#!/bin/sh\necho mine\nexit 7\n', { mode: 0o755 });
  assert.deepEqual(fine.emerge(), { status: 7, output: 'mine\n', errors: '' });
  chmodSync(own, 0o644);
  assert.deepEqual(fine.emerge(), { status: 0, output: '', errors: '' });
});

/** The program is broken in some way. The emerge ends as usual, without output. */
const PROGRAMS: Readonly<Record<string, string | null>> = {
  'is not installed': null,
  'fails with noise': '#!/bin/sh\necho problem >&2\nexit 70\n',
  'has no Node': '#!/no/such/node\n',
  'is broken': 'not a program',
};
for (const [name, text] of Object.entries(PROGRAMS)) {
  test(`emerge continues if the program ${name}`, () => {
    const story = machine('story');
    merged(story);
    const path = join(story.work, 'path/aufswatch');
    if (text === null) rmSync(path);
    else writeFileSync(path, text);
    assert.deepEqual(story.emerge(), { status: 0, output: '', errors: '' });
  });
}

test('emerge continues silently if the program hangs', () => {
  const story = machine('story');
  merged(story);
  // It ignores SIGTERM as well.
  writeFileSync(
    join(story.work, 'path/aufswatch'),
    "#!/bin/bash\ntrap '' TERM\nwhile :; do sleep 60; done\n",
  );
  assert.deepEqual(story.emerge(), { status: 0, output: '', errors: '' });
});

test('emerge continues if the state directory is missing or cannot be written', () => {
  const story = machine('story');
  assert.deepEqual(story.emerge({ AUFSWATCH_STATE: '/no/such' }), { status: 0, output: '', errors: '' });
  merged(story);
  mkdirSync(join(story.state, 'inbox.shown'));
  const past = new Date(0);
  utimesSync(join(story.state, 'inbox.shown'), past, past);
  const { status, errors } = story.emerge();
  assert.deepEqual({ status, errors }, { status: 0, errors: '' });
  assert.ok(statSync(join(story.state, 'inbox.shown')).isDirectory());
});
