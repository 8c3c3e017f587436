import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import Database from 'better-sqlite3';
import { detectWork } from '../../src/daemon/at-work.ts';
import { inSync } from '../../src/demo/in-sync.ts';
import { writeMachine } from '../../src/demo/machine.ts';
import { commandText } from '../../src/model/command-text.ts';
import { known } from '../../src/model/fact.ts';
import { openRoot } from '../../src/system/root.ts';
import { codesOf, readStatus, startDaemon } from '../support/daemon.ts';
import { unpatchTree } from '../support/demo/act-portage.ts';
import { fillLedger } from '../support/fill-ledger.ts';
import { fillDisk, mountTmpfs, needsMount } from '../support/mounted.ts';
import { aufswatch } from '../support/program.ts';
import { endBeforeRemoval, layOut, temporaryDirectory } from '../support/temporary.ts';
import { needs } from '../support/tools.ts';
import { until } from '../support/wait.ts';

const TREE = '/usr/src/linux-6.1.192-gentoo';
const SKIP = needsMount();

function demo(): string {
  const root = join(temporaryDirectory(), 'root');
  mkdirSync(root);
  writeMachine(root, inSync(Date.now()));
  layOut(root, { 'etc/aufswatch.toml': '[settle]\nquiet = "20ms"\n' });
  return root;
}

function eventLine(n: number, root = '/'): string {
  const fields = [`at=${Date.now() / 1000}`, 'kind=portage', 'phase=postinst', 'category=app-misc'];
  return `${['aufswatch1', ...fields, `pf=event-${n}`, `root=${root}`].join('\t')}\n`;
}

function pages(path: string): number {
  return statSync(path).size / 4096;
}

function packagesIn(path: string): string[] {
  const database = new Database(path, { readonly: true });
  const sql = "SELECT cpv FROM package_event WHERE source = 'hook' ORDER BY id";
  const rows = database.prepare<[], string>(sql).pluck().all();
  database.close();
  return rows;
}

test('on a full disk the daemon judges and publishes, logs that once, and records when there is room', {
  skip: SKIP,
}, async () => {
  const root = demo();
  const state = mountTmpfs('1m').directory;
  fillDisk(join(state, 'filler'));
  const daemon = startDaemon(root, { state });
  await daemon.publishes('all is well', (published) => !codesOf(published).includes('patch-reverted'));
  unpatchTree(root, inSync(Date.now()), TREE, Date.now());
  await daemon.publishes('the patch is gone', (published) =>
    codesOf(published).includes('sources-unpatched'),
  );
  for (let n = 0; n < 5; n++) daemon.signal('SIGUSR1');
  const complaints = daemon.log().filter(({ msg }) => /the disk is full/.test(msg));
  assert.equal(complaints.length, 1, JSON.stringify(daemon.log()));
  const opened = (): number =>
    daemon.log().filter(({ msg, code }) => msg.startsWith('opened:') && code === 'sources-unpatched').length;
  await until('it is in the log', () => opened() === 1);
  rmSync(join(state, 'filler'));
  appendFileSync(join(state, 'inbox'), eventLine(1) + eventLine(2));
  daemon.signal('SIGUSR1');
  await until('it is recorded', () => {
    try {
      return packagesIn(join(state, 'ledger.sqlite3')).length === 2;
    } catch {
      // The ledger does not exist yet, or is being created.
      return false;
    }
  });
  assert.equal(opened(), 1, 'it is logged once, whichever part logs it');
  daemon.signal('SIGTERM');
  assert.equal(await daemon.ended, 0);
});

test('if the disk fills at run time, no event is lost and none is recorded twice', {
  skip: SKIP,
}, async () => {
  const root = demo();
  const state = mountTmpfs('2m').directory;
  const inbox = join(state, 'inbox');
  const ledger = join(state, 'ledger.sqlite3');
  writeFileSync(inbox, eventLine(1));
  const daemon = startDaemon(root, { state });
  await daemon.publishes('it runs', ({ pid }) => pid === daemon.pid);
  await until('the first is recorded', () => packagesIn(ledger).length === 1);
  // Room for the lines of the hooks, but not for the ledger.
  writeFileSync(inbox, `${readFileSync(inbox, 'utf8')}`);
  appendFileSync(inbox, Array.from({ length: 400 }, (_, n) => eventLine(n + 2)).join(''));
  fillDisk(join(state, 'filler'));
  for (let n = 0; n < 3; n++) {
    const before = daemon.published()?.takenAtMs ?? 0;
    daemon.signal('SIGUSR1');
    await daemon.publishes('it continues', ({ takenAtMs: takenAt }) => takenAt > before);
  }
  rmSync(join(state, 'filler'));
  daemon.signal('SIGUSR1');
  await until('all are recorded', () => new Set(packagesIn(ledger)).size === 401);
  assert.equal(packagesIn(ledger).length, 401);
});

test('with a state directory that cannot be written, the daemon judges and publishes', {
  skip: SKIP,
}, async () => {
  const root = demo();
  const mounted = mountTmpfs('1m');
  mounted.options('ro');
  const daemon = startDaemon(root, { state: mounted.directory });
  await daemon.publishes('all is well', (published) =>
    published.verdict.links.every(({ mark }) => mark === 'ok'),
  );
  assert.ok(
    daemon.log().some(({ msg }) => /read-only/.test(msg)),
    JSON.stringify(daemon.log()),
  );
  daemon.signal('SIGTERM');
  assert.equal(await daemon.ended, 0);
});

test('of two daemons on a directory that becomes writable, one records, each event once', {
  skip: SKIP,
}, async () => {
  const root = demo();
  const mounted = mountTmpfs('8m');
  const state = mounted.directory;
  mounted.options('ro');
  const daemons = ['one', 'other'].map((name) =>
    startDaemon(root, { state, runtime: join(root, 'run', name) }),
  );
  for (const daemon of daemons) await daemon.publishes('it runs', ({ pid }) => pid === daemon.pid);
  mounted.options('rw');
  writeFileSync(join(state, 'inbox'), Array.from({ length: 20 }, (_, n) => eventLine(n)).join(''));
  for (let n = 0; n < 3; n++) {
    for (const daemon of daemons) {
      const before = daemon.published()?.takenAtMs ?? 0;
      daemon.signal('SIGUSR1');
      await daemon.publishes('it has scanned', ({ takenAtMs: takenAt }) => takenAt > before);
    }
  }
  assert.equal(packagesIn(join(state, 'ledger.sqlite3')).length, 20);
  const held = daemons.filter((daemon) =>
    daemon.log().some(({ msg }) => /held by another process/.test(msg)),
  );
  assert.equal(held.length, 1, 'the other reports that it does not record');
});

test('a ledger that is damaged during a scan is replaced, and the scan is recorded', () => {
  const root = demo();
  const state = join(root, 'var/lib/aufswatch');
  const ledger = join(state, 'ledger.sqlite3');
  mkdirSync(state, { recursive: true });
  // More than SQLite keeps in its cache.
  fillLedger(ledger, 250_000);
  appendFileSync(join(state, 'inbox'), eventLine(1));
  // The scan unpacks a module, with a tool that also damages the ledger.
  const bin = temporaryDirectory();
  const junk = `dd if=/dev/zero of=${ledger} bs=4096 seek=1 count=${pages(ledger) - 1} conv=notrunc 2>/dev/null`;
  layOut(bin, { xz: `#!/bin/sh\n${junk}\ntouch ${bin}/done\nexit 1\n` });
  chmodSync(join(bin, 'xz'), 0o755);
  layOut(root, { 'lib/modules/6.1.192-gentoo/extra/aufs.ko.xz': Buffer.from('fd377a585a00', 'hex') });
  const env = { PATH: `${bin}:${process.env.PATH}` };
  const { status, out } = aufswatch(['daemon', '--once', '--root', root], { env });
  assert.ok(existsSync(join(bin, 'done')), 'it was damaged in time');
  assert.match(out, /was damaged: moved to/);
  assert.equal(status, 0, out);
  assert.deepEqual(packagesIn(ledger), ['app-misc/event-1']);
});

test('a damaged ledger is moved aside and reported, and the inbox is read again', () => {
  const root = demo();
  const state = join(root, 'var/lib/aufswatch');
  const ledger = join(state, 'ledger.sqlite3');
  mkdirSync(state, { recursive: true });
  writeFileSync(join(state, 'inbox'), Array.from({ length: 10 }, (_, n) => eventLine(n)).join(''));
  assert.equal(aufswatch(['daemon', '--once', '--root', root]).status, 0);
  assert.equal(packagesIn(ledger).length, 10);
  writeFileSync(ledger, 'damaged\n'.repeat(4096));
  assert.equal(aufswatch(['daemon', '--once', '--root', root]).status, 0);
  assert.equal(packagesIn(ledger).length, 10, 'the events of the inbox are there again');
  assert.equal(readdirSync(state).filter((name) => /\.damaged-[^.]*Z$/.test(name)).length, 1);
  const published = readStatus(join(root, 'run/aufswatch/status.json'));
  assert.ok(published !== null && codesOf(published).includes('ledger-recovered'));
  assert.equal(aufswatch(['daemon', '--once', '--root', root]).status, 0);
  assert.equal(packagesIn(ledger).length, 10, 'each event is there once');
});

test('a ledger of a later version is left unchanged; the daemon judges and publishes', () => {
  const root = demo();
  const ledger = join(root, 'var/lib/aufswatch/ledger.sqlite3');
  mkdirSync(join(root, 'var/lib/aufswatch'), { recursive: true });
  const later = new Database(ledger);
  later.pragma('user_version = 99');
  later.close();
  const before = readFileSync(ledger);
  const { status, out } = aufswatch(['daemon', '--once', '--root', root]);
  assert.equal(status, 1, 'nothing was recorded');
  assert.match(out, /later version of aufswatch/);
  assert.deepEqual(readFileSync(ledger), before);
  assert.ok(readStatus(join(root, 'run/aufswatch/status.json')) !== null);
});

test('a merge to another ROOT is no event of this machine, and neither is a junk line', () => {
  const root = demo();
  const state = join(root, 'var/lib/aufswatch');
  mkdirSync(state, { recursive: true });
  writeFileSync(join(state, 'inbox'), `${eventLine(1, '/mnt/stage/')}what is this\n${eventLine(2)}`);
  assert.equal(aufswatch(['daemon', '--once', '--root', root]).status, 0);
  assert.deepEqual(packagesIn(join(state, 'ledger.sqlite3')), ['app-misc/event-2']);
  assert.equal(readFileSync(join(state, 'inbox.bad'), 'utf8'), 'what is this\n');
});

for (const [limit, sysctl] of [
  ['watches', 'fs.inotify.max_user_watches'],
  ['instances', 'fs.inotify.max_user_instances'],
] as const) {
  test(`out of inotify ${limit}: the finding names the remedy, the daemon polls, and tries again`, {
    skip: canLimit(),
  }, async () => {
    const root = demo();
    const state = join(root, 'var/lib/aufswatch');
    const runtime = join(root, 'run/aufswatch');
    const file = `/proc/sys/user/max_inotify_${limit}`;
    const script = `echo ${limit === 'watches' ? 3 : 0} > ${file} && "$@" & child=$!
      while [ ! -e ${root}/more ]; do sleep 0.05; kill -0 $child || exit; done; echo 500 > ${file}; wait $child`;
    const daemon = startDaemon(root, {
      state,
      runtime,
      under: ['unshare', '-Ur', '--kill-child', '-p', '-f', 'sh', '-c', script, 'sh'],
    });
    const published = await daemon.publishes('watches ran out', (now) =>
      codesOf(now).includes('watch-degraded'),
    );
    const finding = published.findings.find(({ code }) => code === 'watch-degraded');
    const [step] = finding?.remedy ?? [];
    assert.match((step && commandText(step)) ?? '', new RegExp(`^sysctl -w ${sysctl}=\\d+$`));
    writeFileSync(join(root, 'more'), '');
    // Only a later scan tries again. The event of a hook or the clock requests it.
    const pid = Number(
      execFileSync('pgrep', ['-n', '-f', `daemon --root ${root}( |$)`], { encoding: 'utf8' }),
    );
    await until(
      'it works again',
      () => {
        process.kill(pid, 'SIGUSR1');
        const now = daemon.published();
        return now !== null && !codesOf(now).includes('watch-degraded');
      },
      30_000,
    );
    process.kill(pid, 'SIGKILL');
    await daemon.ended;
  });
}

test('a make that compiles a kernel counts as work in progress until it ends; any other make does not', {
  skip: needs('make'),
}, async () => {
  const directory = temporaryDirectory();
  layOut(directory, { Makefile: 'all:\n\t@touch started; while [ ! -e stop ]; do sleep 0.05; done\n' });
  const { spawn } = await import('node:child_process');
  const make = spawn('make', [], { cwd: directory, stdio: 'ignore' });
  endBeforeRemoval(() => make.kill('SIGKILL'));
  await until('make runs', () => existsSync(join(directory, 'started')));
  const host = openRoot('/');
  // Others may be compiling on this machine.
  const list = (path: string) => (path === '/proc' ? known([String(make.pid)]) : host.list(path));
  const detect = (isKernelDirectory: (path: string) => boolean) =>
    detectWork({ root: () => ({ ...host, list }), isKernelDirectory, now: () => Date.now() });
  const work = detect((path) => path === directory);
  assert.equal(work.current() !== null, true);
  assert.equal(detect(() => false).current(), null);
  assert.equal(work.current() !== null, true);
  writeFileSync(join(directory, 'stop'), '');
  await until('make has ended', () => make.exitCode !== null);
  assert.equal(work.current(), null);
});

function canLimit(): string | false {
  try {
    execFileSync('unshare', ['-Ur', 'sh', '-c', 'echo 3 > /proc/sys/user/max_inotify_watches'], {
      stdio: 'ignore',
    });
    return needs('pgrep');
  } catch {
    return 'needs user namespaces, to lower the limit for one process';
  }
}
