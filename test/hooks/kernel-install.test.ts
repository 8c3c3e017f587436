import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { test } from 'node:test';
import { layOutDemo } from '../../src/demo/lay-out-demo.ts';
import { parseEventLine } from '../../src/inbox/event-line.ts';
import { commandFor } from '../support/aufswatch.ts';
import { SCENARIOS, type ScenarioName } from '../support/demo/scenarios.ts';
import { type HookResult, hook, runHook } from '../support/hook.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const POSTINST = hook('kernel/postinst.d/90-aufswatch');
const PLUGIN = hook('kernel/install.d/90-aufswatch.install');
const RELEASE = '6.1.192-gentoo';
const IMAGE = `/boot/vmlinuz-${RELEASE}`;
const NOTHING = { status: 0, output: '', errors: '' };

interface Machine {
  readonly root: string;
  readonly state: string;
  readonly path: string;
  run(path: string, args: readonly string[]): HookResult;
}

function machine(scenario: ScenarioName): Machine {
  const work = temporaryDirectory();
  const root = join(work, 'root');
  const state = join(work, 'state');
  assert.deepEqual(layOutDemo(root, Date.now(), { machine: SCENARIOS[scenario] }), { ok: true });
  mkdirSync(state);
  const path = commandFor(join(work, 'path'), root);
  const env = { PATH: `${path}${delimiter}${process.env.PATH}`, AUFSWATCH_STATE: state };
  return { root, state, path, run: (file, args) => runHook(file, args, env) };
}

function eventsOf({ state }: Machine): unknown[] {
  const lines = readFileSync(join(state, 'inbox'), 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => {
    const event = parseEventLine(line);
    assert.ok(event !== null, line);
    return { ...event, at: 0 };
  });
}

test('installkernel: the image is recorded, and the output says that it has AUFS', () => {
  const fine = machine('in-sync');
  const { status, output, errors } = fine.run(POSTINST, [RELEASE, IMAGE]);
  assert.deepEqual({ status, errors }, { status: 0, errors: '' });
  assert.equal(output, `aufswatch: ${RELEASE} #3 carries the AUFS patches.\n`);
  assert.deepEqual(eventsOf(fine), [
    { kind: 'kernel-install', at: 0, by: 'installkernel', release: RELEASE },
  ]);
});

test('kernel-install: the image of the build is reported, a removal is only recorded', () => {
  const fine = machine('in-sync');
  const image = `/usr/src/linux-${RELEASE}/arch/x86/boot/bzImage`;
  const added = fine.run(PLUGIN, ['add', RELEASE, '/boot/token', image]);
  assert.equal(added.output, `aufswatch: ${RELEASE} #3 carries the AUFS patches.\n`);
  assert.deepEqual(fine.run(PLUGIN, ['remove', 'a\tb', '/boot/token']), NOTHING);
  const base = { kind: 'kernel-install', at: 0, by: 'kernel-install' };
  assert.deepEqual(eventsOf(fine), [
    { ...base, release: RELEASE },
    { ...base, release: 'a\tb' },
  ]);
  assert.deepEqual(fine.run(PLUGIN, ['inspect', RELEASE]), NOTHING);
});

test('modules that the kernel will refuse are named', () => {
  const { output } = machine('story').run(POSTINST, [RELEASE, IMAGE]);
  assert.match(output, /^aufswatch: 6\.1\.192-gentoo #3 carries the AUFS patches\.$/m);
  assert.match(output, /^aufswatch: aufs will not load on it: it refuses .*aufs\.ko.*module_layout/m);
  assert.doesNotMatch(output, /zfs will not load/);
});

test('modules older than the kernel raise no alarm; the output names the next step', () => {
  const story = machine('story');
  const modules = join(story.root, 'lib/modules', RELEASE);
  const long = new Date(Date.now() - 400 * 86_400_000);
  for (const name of ['modules.order', 'modules.builtin']) {
    writeFileSync(join(modules, name), readFileSync(join(modules, name)));
    utimesSync(join(modules, name), long, long);
  }
  const { output } = story.run(POSTINST, [RELEASE, IMAGE]);
  assert.match(output, /now run make modules_install/);
  assert.doesNotMatch(output, /will not load/);
});

test('whatever is wrong, the installation of the kernel continues', () => {
  const fine = machine('in-sync');
  for (const args of [[], [''], ['add'], ['add', RELEASE], [RELEASE, '/no/such/image'], ['--help', '-x']]) {
    assert.equal(fine.run(POSTINST, args).status, 0);
    assert.equal(fine.run(PLUGIN, args).status, 0);
  }
  rmSync(fine.state, { recursive: true });
  rmSync(join(fine.path, 'aufswatch'));
  assert.deepEqual(fine.run(POSTINST, [RELEASE, IMAGE]), NOTHING);
  assert.deepEqual(fine.run(PLUGIN, ['add', RELEASE, '/boot', IMAGE]), NOTHING);
  writeFileSync(join(fine.path, 'aufswatch'), '#!/bin/sh\necho problem >&2; exit 3\n', { mode: 0o755 });
  assert.deepEqual(fine.run(POSTINST, [RELEASE, IMAGE]), NOTHING);
});
