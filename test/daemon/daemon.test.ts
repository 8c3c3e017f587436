import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { inSync } from '../../src/demo/in-sync.ts';
import { type Machine, writeMachine } from '../../src/demo/machine.ts';
import { patchedAgainNotRebuilt } from '../../src/demo/story.ts';
import { PUBLISHED_SCHEMA, type Published } from '../../src/published/form.ts';
import { codesOf, type RunningDaemon, readStatus, startDaemon } from '../support/daemon.ts';
import { unpatchTree } from '../support/demo/act-portage.ts';
import { aufswatch } from '../support/program.ts';
import { layOut, temporaryDirectory } from '../support/temporary.ts';
import { until } from '../support/wait.ts';

const TREE = '/usr/src/linux-6.1.192-gentoo';
const QUICK = '[settle]\nquiet = "20ms"\n[log]\nlevel = "debug"\n';

function machineWith(machine: Machine, settings = QUICK): string {
  const root = join(temporaryDirectory(), 'root');
  mkdirSync(root);
  writeMachine(root, machine);
  layOut(root, { 'etc/aufswatch.toml': settings });
  return root;
}

async function running(
  machine: Machine,
  settings?: string,
): Promise<{ root: string; daemon: RunningDaemon }> {
  const root = machineWith(machine, settings);
  const daemon = startDaemon(root);
  await daemon.publishes('anything', () => true);
  return { root, daemon };
}

function scans(daemon: RunningDaemon): number {
  return daemon.log().filter(({ msg }) => msg === 'scanned the machine').length;
}

/** Limit for a clean stop; the documentation promises two seconds. */
const STOP = 2000;

test('the daemon publishes a verdict and a line for the login, readable by all', async () => {
  const { root, daemon } = await running(patchedAgainNotRebuilt(Date.now()));
  const published = daemon.published();
  assert.equal(published?.schema, PUBLISHED_SCHEMA);
  assert.equal(published?.pid, daemon.pid);
  assert.ok(published !== null && codesOf(published).includes('next-boot-without-aufs'));
  assert.ok(published.findings.every(({ sinceMs: since }) => since <= Date.now()));
  for (const name of ['status.json', 'motd']) {
    assert.equal(statSync(join(root, 'run/aufswatch', name)).mode & 0o777, 0o644);
  }
  const motd = readFileSync(join(root, 'run/aufswatch/motd'), 'utf8');
  assert.match(motd, /^aufswatch: critical: .*\n {2}What to do: aufswatch plan\n$/);
});

test('the line for the login is empty if all is well', async () => {
  const machine = inSync(Date.now());
  const { root, daemon } = await running(machine);
  assert.deepEqual(
    daemon.published()?.findings.filter(({ severity }) => severity !== 'notice'),
    [],
  );
  assert.equal(readFileSync(join(root, 'run/aufswatch/motd'), 'utf8'), '');
});

test('SIGTERM stops the daemon cleanly within seconds', async () => {
  const { root, daemon } = await running(inSync(Date.now()));
  const start = Date.now();
  daemon.signal('SIGTERM');
  assert.equal(await daemon.ended, 0);
  assert.ok(Date.now() - start < STOP, `it took ${Date.now() - start} ms`);
  assert.equal(existsSync(join(root, 'var/lib/aufswatch/ledger.sqlite3-wal')), false, 'the ledger is closed');
});

test('a change is scanned and judged again', async () => {
  const machine = inSync(Date.now());
  const { root, daemon } = await running(machine);
  unpatchTree(root, machine, TREE, Date.now());
  const published = await daemon.publishes('the patch is gone', (published) =>
    codesOf(published).includes('patch-reverted'),
  );
  assert.ok(published.memory.trees[TREE]?.patchLost !== null);
});

test('SIGUSR1 starts a scan even if nothing seems to have changed', async () => {
  const { daemon } = await running(inSync(Date.now()));
  const before = daemon.published()?.takenAtMs ?? 0;
  daemon.signal('SIGUSR1');
  await daemon.publishes('a later scan', ({ takenAtMs: takenAt }) => takenAt > before);
});

test('an acknowledged finding is silent at once, and unack ends that at once', async () => {
  const { root, daemon } = await running(patchedAgainNotRebuilt(Date.now()));
  const silenced = (published: Published): boolean =>
    published.findings.some(
      ({ code, acknowledgedUntilMs: acknowledgedUntil }) =>
        code === 'next-boot-without-aufs' && acknowledgedUntil !== null,
    );
  assert.equal(aufswatch(['ack', 'next-boot-without-aufs', '--root', root]).status, 0);
  await daemon.publishes('it is silent', silenced);
  assert.equal(aufswatch(['unack', 'next-boot-without-aufs', '--root', root]).status, 0);
  await daemon.publishes('it is no longer silent', (published) => !silenced(published));
});

test('if a file has the name of the state directory, the error says so', () => {
  const root = machineWith(inSync(Date.now()));
  layOut(root, { 'var/lib/aufswatch': 'a file' });
  const { status, out, error } = aufswatch(['daemon', '--once', '--root', root]);
  assert.equal(status, 1);
  assert.match(out + error, /var\/lib\/aufswatch cannot be made \(EEXIST\): something else has its name/);
});

test('SIGHUP applies a valid file at once, including schedule and settling', async () => {
  const { root, daemon } = await running(inSync(Date.now()), '[settle]\nquiet = "1h"\nlongest = "2h"\n');
  writeFileSync(join(root, 'boot/nudge'), '');
  layOut(root, {
    'etc/aufswatch.toml': `wanted = "no"\n[schedule]\nreconcile = "* * * * *"\n${QUICK}`,
  });
  daemon.signal('SIGHUP');
  await daemon.publishes('AUFS is not wanted', ({ verdict }) => verdict.wanted.answer === 'no');
  // The schedule is now every minute: one more scan without any event.
  const before = scans(daemon);
  await until('the new schedule works', () => scans(daemon) > before, 70_000);
  layOut(root, { 'etc/aufswatch.toml': QUICK });
  daemon.signal('SIGHUP');
  await daemon.publishes('AUFS is wanted', ({ verdict }) => verdict.wanted.answer === 'yes');
  const quiet = scans(daemon);
  writeFileSync(join(root, 'boot/nudge'), 'x');
  await until('the new settling works', () => scans(daemon) > quiet);
});

test('SIGHUP with an invalid file keeps the old settings, and the log names its line', async () => {
  const { root, daemon } = await running(inSync(Date.now()));
  writeFileSync(join(root, 'etc/aufswatch.toml'), 'wanted = "no"\n\nwnated = "no"\n');
  daemon.signal('SIGHUP');
  await until('it reports the error', () =>
    daemon
      .log()
      .some(({ msg }) =>
        /aufswatch\.toml:3: there is no setting "wnated".*old configuration stays/.test(msg),
      ),
  );
  const before = daemon.published()?.takenAtMs ?? 0;
  daemon.signal('SIGUSR1');
  const published = await daemon.publishes('a later scan', ({ takenAtMs: takenAt }) => takenAt > before);
  assert.equal(published.verdict.wanted.answer, 'yes');
});

test('a start with an invalid file is refused, with its line', () => {
  const root = machineWith(inSync(Date.now()), '[log]\nlevel = "loud"\n');
  const { status, error } = aufswatch(['daemon', '--once', '--root', root]);
  assert.equal(status, 1);
  assert.match(error, /etc\/aufswatch\.toml:2: "log\.level" must be one of "debug"/);
});

test('a state directory has one daemon; a killed daemon does not block the next', async () => {
  const { root, daemon } = await running(inSync(Date.now()));
  const second = startDaemon(root);
  assert.equal(await second.ended, 1);
  assert.match(second.log().at(-1)?.msg ?? '', /^another aufswatch daemon uses .*; stop it first/);
  daemon.signal('SIGKILL');
  assert.equal(await daemon.ended, 'SIGKILL');
  const third = startDaemon(root);
  await third.publishes('it runs', ({ pid }) => pid === third.pid);
});

test('signals before the first scan do not end the daemon', async () => {
  const root = machineWith(inSync(Date.now()));
  const daemon = startDaemon(root);
  const lock = join(root, 'var/lib/aufswatch/daemon.lock');
  await until('it is about to scan', () => existsSync(lock));
  daemon.signal('SIGHUP');
  daemon.signal('SIGUSR1');
  await daemon.publishes('it runs', ({ pid }) => pid === daemon.pid);
});

test('a reader always gets a complete status.json', async () => {
  const { root, daemon } = await running(inSync(Date.now()));
  const path = join(root, 'run/aufswatch/status.json');
  const seen = new Set<number>();
  await until('some scans were published', () => {
    daemon.signal('SIGUSR1');
    for (let n = 0; n < 50; n++) seen.add(readStatus(path)?.takenAtMs ?? 0);
    return seen.size > 5;
  });
  assert.ok(!seen.has(0));
});

test('a storm of changes leads to at most two scans, and the last change counts', async () => {
  const machine = inSync(Date.now());
  const { root, daemon } = await running(machine, QUICK.replace('20ms', '400ms'));
  await until('its first scans are over', () => scans(daemon) >= 2);
  const before = scans(daemon);
  for (let n = 0; n < 3000; n++) writeFileSync(join(root, 'boot', `storm-${n % 50}`), String(n));
  rmSync(join(root, 'usr/src/linux'));
  await daemon.publishes('the symlink is gone', (published) =>
    codesOf(published).includes('sources-link-broken'),
  );
  const made = scans(daemon) - before;
  assert.ok(made <= 2, `${made} scans for one storm`);
});

test('the daemon waits while emerge works, and scans when it is over', async () => {
  const machine = inSync(Date.now());
  const { root, daemon } = await running(machine);
  const merging = join(root, 'var/db/pkg/sys-kernel/-MERGING-gentoo-sources-6.1.192');
  mkdirSync(merging);
  unpatchTree(root, machine, TREE, Date.now());
  // A requested scan does not wait; its verdict is marked as one that may be about to change.
  await until('the first scan is over', () => scans(daemon) > 0);
  const before = scans(daemon);
  daemon.signal('SIGUSR1');
  await daemon.publishes('work is in progress', ({ busy }) => busy);
  // A verdict is published first and logged then.
  await until('the requested scan is in the log', () => scans(daemon) > before);
  const scansBefore = scans(daemon);
  writeFileSync(join(root, 'boot/nudge'), '');
  await new Promise((resolve) => setTimeout(resolve, 1500));
  assert.equal(scans(daemon), scansBefore, 'no scan on its own while the package is half merged');
  renameSync(merging, join(root, 'var/db/pkg/sys-kernel/gentoo-sources-9'));
  await daemon.publishes('it is over', ({ busy }) => !busy);
});

test('a new tree is watched, and a symlink that points nowhere is reported', async () => {
  const { root, daemon } = await running(inSync(Date.now()));
  layOut(root, {
    'usr/src/linux-9.9.9/Makefile': 'VERSION = 9\nPATCHLEVEL = 9\nSUBLEVEL = 9\nEXTRAVERSION =\n',
  });
  layOut(root, { 'usr/src/linux-9.9.9/Kbuild': '', 'usr/src/linux-9.9.9/Kconfig': '' });
  rmSync(join(root, 'usr/src/linux'));
  symlinkSync('linux-7.7.7', join(root, 'usr/src/linux'));
  await daemon.publishes('it leads nowhere', (published) =>
    codesOf(published).includes('sources-link-broken'),
  );
  mkdirSync(join(root, 'usr/src/linux-7.7.7'));
  renameSync(join(root, 'usr/src/linux-9.9.9/Makefile'), join(root, 'usr/src/linux-7.7.7/Makefile'));
  layOut(root, { 'usr/src/linux-7.7.7/Kbuild': '', 'usr/src/linux-7.7.7/Kconfig': '' });
  await daemon.publishes(
    'it leads to a tree',
    (published) => !codesOf(published).includes('sources-link-broken'),
  );
});

test('/boot is watched again after it was removed and created again', async () => {
  const { root, daemon } = await running(inSync(Date.now()));
  renameSync(join(root, 'boot'), join(root, 'boot.away'));
  const link = (published: Parameters<typeof codesOf>[0]) =>
    published.verdict.links.find(({ name }) => name === 'image');
  await daemon.publishes('no image', (published) => link(published)?.mark !== 'ok');
  renameSync(join(root, 'boot.away'), join(root, 'boot'));
  daemon.signal('SIGUSR1');
  await daemon.publishes('the image is there', (published) => link(published)?.mark === 'ok');
  rmSync(join(root, 'boot/vmlinuz-6.1.192-gentoo'));
  await daemon.publishes('the image is gone', (published) => link(published)?.mark !== 'ok');
});
