import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { inSync } from '../../src/demo/in-sync.ts';
import { writeMachine } from '../../src/demo/machine.ts';
import { patchedAgainNotRebuilt } from '../../src/demo/story.ts';
import { metricsText } from '../../src/metrics/metrics-text.ts';
import { startDaemon } from '../support/daemon.ts';
import { aufswatch } from '../support/program.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { needs } from '../support/tools.ts';
import { until } from '../support/wait.ts';

const SKIP = needs('promtool');
const EXAMPLES = join(import.meta.dirname, '../../../doc/examples');

function machine(make = patchedAgainNotRebuilt): string {
  const root = join(temporaryDirectory(), 'root');
  mkdirSync(root);
  writeMachine(root, make(Date.now()));
  return root;
}

function promtool(words: readonly string[], input = ''): string {
  const { status, stdout, stderr } = spawnSync('promtool', words, { input, encoding: 'utf8', cwd: EXAMPLES });
  return status === 0 ? stderr.replace(/^.*SUCCESS.*$/gm, '').trim() : `status ${status}: ${stdout}${stderr}`;
}

test('promtool accepts the metrics of a machine', { skip: SKIP }, () => {
  for (const make of [patchedAgainNotRebuilt, inSync]) {
    const { out, status } = aufswatch(['metrics', '--root', machine(make)]);
    assert.equal(status, 0);
    assert.equal(promtool(['check', 'metrics'], out), '');
  }
});

test('promtool accepts metrics with unexpected names', { skip: SKIP }, () => {
  const [subject] = fc.sample(fc.string({ unit: 'binary', minLength: 500, maxLength: 500 }), 1);
  const about = { nextBootLoses: ['aufs'] };
  const finding = { code: 'x', severity: 'critical', about, sinceMs: 0, acknowledged: false } as const;
  const subjects = ['a"b\\c\nd\re', `\ud800${subject ?? ''}`, '', '{}=,#'];
  const findings = subjects.map((each) => ({ ...finding, subject: each }));
  const text = metricsText({
    program: '"',
    takenAtMs: 0,
    unreadSinceMs: 60_000,
    links: [],
    findings,
    kernels: null,
  });
  assert.equal(promtool(['check', 'metrics'], text), '');
});

test('losses at the next boot and present problems are separate metrics', () => {
  const { out } = aufswatch(['metrics', '--root', machine()]);
  assert.match(out, /\{code="next-boot-without-aufs",.*,next_boot_loses="aufs"\}/);
  assert.match(out, /\{code="kernel-not-rebuilt",.*,next_boot_loses=""\}/);
});

test('control characters in a name do not reach a terminal', () => {
  const finding = {
    code: 'x',
    subject: 'a\u001b]0;b\u0007\u009bc\nd',
    severity: 'critical' as const,
    about: { nextBootLoses: [] },
    sinceMs: 0,
  };
  const findings = [{ ...finding, acknowledged: false }];
  const text = metricsText({
    program: '',
    takenAtMs: 0,
    unreadSinceMs: 60_000,
    links: [],
    findings,
    kernels: null,
  });
  assert.ok(text.includes('subject="a\\\\x1b]0;b\\\\x07\\\\x9bc\\\\x0ad"'), text);
});

test('the daemon keeps the file complete and readable, and updates its counters', async () => {
  const root = machine();
  mkdirSync(join(root, 'var/lib/node_exporter'), { recursive: true });
  mkdirSync(join(root, 'etc'), { recursive: true });
  const file = '/var/lib/node_exporter/aufswatch.prom';
  writeFileSync(join(root, 'etc/aufswatch.toml'), `[metrics]\ntextfile = "${file}"\n`);
  const daemon = startDaemon(root);
  await until('it is written', () => existsSync(join(root, file)));
  assert.match(readFileSync(join(root, file), 'utf8'), /^aufswatch_findings\{severity="critical"\} 1$/m);
  assert.match(readFileSync(join(root, file), 'utf8'), /^aufswatch_kernel_builds_total [1-9]/m);
  assert.equal(aufswatch(['ack', 'next-boot-without-aufs', '--root', root]).status, 0);
  daemon.signal('SIGUSR1');
  await until('acknowledged findings no longer count', () =>
    /^aufswatch_findings\{severity="critical"\} 0$/m.test(readFileSync(join(root, file), 'utf8')),
  );
  assert.match(aufswatch(['metrics', '--root', root]).out, /^aufswatch_findings\{severity="critical"\} 0$/m);
});

test('a missing directory is reported once, and the daemon runs on', async () => {
  const root = machine();
  mkdirSync(join(root, 'etc'), { recursive: true });
  writeFileSync(join(root, 'etc/aufswatch.toml'), '[metrics]\ntextfile = "/nowhere/a.prom"\n');
  const daemon = startDaemon(root);
  const complaints = () => daemon.log().filter(({ msg }) => /nowhere\/a\.prom cannot be written/.test(msg));
  await until('it is reported', () => complaints().length > 0);
  const { takenAtMs: before } = await daemon.publishes('something', () => true);
  daemon.signal('SIGUSR1');
  await daemon.publishes('it has scanned again', ({ takenAtMs: takenAt }) => takenAt > before);
  assert.equal(complaints().length, 1);
  rmSync(join(root, 'etc/aufswatch.toml'));
});

test('the alert rules are valid, and fire when they should', { skip: SKIP }, () => {
  assert.equal(promtool(['check', 'rules', 'prometheus-rules.yml']), '');
  assert.equal(promtool(['test', 'rules', 'prometheus-rules.test.yml']), '');
});
