import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { inSync } from '../../src/demo/in-sync.ts';
import { writeMachine } from '../../src/demo/machine.ts';
import { plainPackage } from '../../src/demo/package.ts';
import { type DoctorInput, doctorChecks } from '../../src/setup/doctor.ts';
import { openRoot, type Root } from '../../src/system/root.ts';
import { VERSION } from '../../src/version.ts';
import { startDaemon } from '../support/daemon.ts';
import { mergePackage } from '../support/demo/act-portage.ts';
import { fillDisk, mountTmpfs, needsMount } from '../support/mounted.ts';
import { aufswatch, type RunOptions } from '../support/program.ts';
import { layOut, temporaryDirectory } from '../support/temporary.ts';

const AS_ROOT = process.getuid?.() === 0 ? false : 'needs root';

interface Check {
  readonly mark: string;
  readonly what: string;
  readonly remedy: string | null;
}

/** A machine with everything in place but the daemon. */
function ready(): string {
  const root = join(temporaryDirectory(), 'root');
  mkdirSync(root);
  writeMachine(root, inSync(Date.now()));
  layOut(root, { 'etc/portage/make.conf': '' });
  assert.equal(aufswatch(['setup', '--root', root]).status, 0);
  return root;
}

function doctor(root: string, options: RunOptions = {}): { status: number | null; checks: Check[] } {
  const { status, out } = aufswatch(['doctor', '--json', '--root', root], options);
  return { status, checks: JSON.parse(out).checks };
}

function bad(checks: readonly Check[]): string[] {
  return checks.filter(({ mark }) => mark === 'bad').map(({ what }) => what);
}

test('if all is as it should be, doctor reports no problem, with exit status 0', async () => {
  const root = ready();
  const daemon = startDaemon(root);
  await daemon.publishes('it runs', ({ pid }) => pid === daemon.pid);
  const { status, checks } = doctor(root);
  assert.deepEqual({ status, bad: bad(checks) }, { status: 0, bad: [] });
  const printed = checks.map(({ what }) => what).join('\n');
  assert.match(printed, /the daemon runs/);
  assert.match(printed, /the ledger is sound/);
  assert.match(printed, /the inbox in \S+ can be written/);
  assert.match(printed, /database in the (classic|per-package|consolidated) form/);
});

test('each problem is named, with its remedy', () => {
  const harm: readonly [harm: (root: string) => void, named: RegExp][] = [
    [(root) => rmSync(join(root, 'etc/portage/bin/post_emerge')), /post_emerge is not in place/],
    [(root) => rmSync(join(root, 'etc/portage/bashrc')), /the hook in bashrc is not in place/],
    [
      (root) => chmodSync(join(root, 'etc/kernel/postinst.d/90-aufswatch'), 0o644),
      /the hook of installkernel is not the one of this version/,
    ],
    [
      (root) => rmSync(join(root, 'var/lib/aufswatch'), { recursive: true }),
      /is missing: the hooks cannot report merges/,
    ],
    [(root) => mkdirSync(join(root, 'var/lib/aufswatch/inbox')), /inbox is not a regular file/],
    [(root) => writeFileSync(join(root, 'var/lib/aufswatch/ledger.sqlite3'), 'no database'), /ledger/],
    [(root) => rmSync(join(root, 'var/db/pkg'), { recursive: true }), /no installed packages can be read/],
  ];
  for (const [change, named] of harm) {
    const root = ready();
    change(root);
    const { status, checks } = doctor(root);
    assert.equal(status, 1);
    const found = checks.find(({ mark, what }) => mark === 'bad' && named.test(what));
    assert.ok(found !== undefined, `${named}: ${bad(checks).join(' / ')}`);
    assert.ok(found.remedy !== null && found.remedy !== '');
  }
});

test('a daemon that was killed is reported as silent', async () => {
  const root = ready();
  const daemon = startDaemon(root);
  await daemon.publishes('it runs', ({ pid }) => pid === daemon.pid);
  const status = join(root, 'run/aufswatch/status.json');
  daemon.signal('SIGKILL');
  await daemon.ended;
  const checks = JSON.parse(aufswatch(['doctor', '--json', '--root', root]).out).checks as Check[];
  assert.ok(
    checks.some(({ what }) => what === 'the daemon runs'),
    'it may only be slow',
  );
  const published = JSON.parse(readFileSync(status, 'utf8'));
  writeFileSync(status, JSON.stringify({ ...published, heartbeatMs: Date.now() - 10 * 60_000 }));
  assert.match(bad(doctor(root).checks).join(), /has not reported for 10 minutes/);
  writeFileSync(status, JSON.stringify({ ...published, heartbeatMs: Date.now() + 10 * 60_000 }));
  assert.match(bad(doctor(root).checks).join(), /has not reported since the clock was set back/);
});

test('after an upgrade, a daemon of the previous version is named, with the command that restarts it', async () => {
  const root = ready();
  const daemon = startDaemon(root);
  await daemon.publishes('it runs', ({ pid }) => pid === daemon.pid);
  daemon.signal('SIGKILL');
  await daemon.ended;
  const status = join(root, 'run/aufswatch/status.json');
  writeFileSync(status, JSON.stringify({ ...JSON.parse(readFileSync(status, 'utf8')), program: '0.0.9' }));
  const found = doctor(root).checks.find(({ mark }) => mark === 'bad');
  assert.equal(found?.what, 'the daemon that runs is still version 0.0.9');
  assert.equal(found.remedy?.replace('npx ', ''), `end it, then: aufswatch daemon --root ${root}`);
});

test('another user is told what only root can check', { skip: AS_ROOT }, () => {
  const root = ready();
  chmodSync(join(root, '..'), 0o755);
  const { checks } = doctor(root, { uid: 65_534 });
  assert.ok(!bad(checks).some((what) => /inbox|hook|post_emerge/.test(what)), bad(checks).join());
});

test('hook-missing is raised if Portage is set up and a hook is missing, and in no other case', () => {
  const codes = (root: string): string[] => {
    assert.equal(aufswatch(['daemon', '--once', '--root', root]).status, 0);
    const { out } = aufswatch(['findings', '--json', '--root', root]);
    return (JSON.parse(out).findings as { code: string }[]).map(({ code }) => code);
  };
  const root = ready();
  assert.ok(!codes(root).includes('hook-missing'));
  rmSync(join(root, 'etc/portage/bin/post_emerge'));
  assert.ok(codes(root).includes('hook-missing'));
  assert.equal(aufswatch(['setup', '--root', root]).status, 0);
  assert.ok(!codes(root).includes('hook-missing'));
  const bare = join(temporaryDirectory(), 'root');
  mkdirSync(bare);
  assert.ok(!codes(bare).includes('hook-missing'));
});

function checksOf(
  state: string,
  ledger: DoctorInput['ledger'],
  rehearsal: string | null = null,
  guard: DoctorInput['guard'] = { mode: 'off', systemd: null },
  root = openRoot(temporaryDirectory()),
  published: DoctorInput['published'] = null,
  configuration: DoctorInput['configuration'] = null,
): readonly Check[] {
  return doctorChecks({
    root,
    state,
    published,
    isProcess: (pid) => pid === RUNNING,
    configuration,
    lastHookEvent: null,
    ledger,
    path: '',
    guard,
    rehearsal,
    setup: 'aufswatch setup',
    daemon: 'aufswatch daemon',
    now: Date.now(),
  });
}

const RUNNING = 4711;

test('a daemon that has ended is reported at once, although its last heartbeat is young', () => {
  const what = (root: Root, pid: number): string[] => {
    const published = { program: VERSION, pid, heartbeatMs: Date.now(), findings: [], unread: null };
    const guard = { mode: 'off', systemd: null } as const;
    return checksOf(temporaryDirectory(), null, null, guard, root, published).map((check) => check.what);
  };
  const host = { ...openRoot(temporaryDirectory()), isHost: true };
  assert.ok(what(host, RUNNING).includes('the daemon runs'));
  assert.ok(what(host, RUNNING + 1).includes('the daemon has ended'));
  // In a container it has another number.
  assert.ok(what({ ...host, isHost: false }, RUNNING + 1).includes('the daemon runs'));
});

test('a configuration that the daemon cannot start with is reported', () => {
  const root = temporaryDirectory();
  layOut(root, { 'etc/aufswatch.toml': '[aufs]\nwanted = maybe\n' });
  const { checks } = doctor(root);
  assert.ok(
    checks.some(({ mark, what }) => mark === 'bad' && what.startsWith('the configuration is wrong: ')),
  );
});

test('whether a kernel can be rehearsed is a note, not a problem', () => {
  const last = (why: string | null) => checksOf(temporaryDirectory(), null, why).at(-1);
  assert.equal(last(null)?.mark, 'ok');
  const why = 'qemu-system-x86_64 is not there: emerge app-emulation/qemu';
  assert.deepEqual(last(why), {
    mark: 'note',
    what: 'nothing can be rehearsed: qemu-system-x86_64 is not there',
    remedy: 'emerge app-emulation/qemu',
  });
});

test('without Portage that is reported first, and no hook is reported missing', () => {
  const { checks } = doctor(temporaryDirectory());
  assert.match(checks[0]?.what ?? '', /^no Portage here/);
  assert.ok(!checks.some(({ what }) => /^(the hook |post_emerge)/.test(what)));
  // Each is a sentence that stands alone.
  for (const { what } of checks) assert.match(what, /\b(is|are|can|cannot|has|there|here)\b/, what);
});

test('the guard: doctor says how this systemd blocks root', () => {
  const guard = (mode: 'off' | 'warn' | 'block', systemd: number | null, files = {}) => {
    const directory = temporaryDirectory();
    layOut(directory, files);
    const checks = checksOf(directory, null, null, { mode, systemd }, openRoot(directory));
    return checks.filter(({ what }) => /guard/.test(what)).map(({ mark, remedy }) => ({ mark, remedy }));
  };
  const unit = { 'usr/lib/systemd/system/aufswatch-guard.service': '' };
  assert.deepEqual(guard('off', 252), []);
  assert.deepEqual(guard('block', 257), [{ mark: 'ok', remedy: null }]);
  assert.deepEqual(guard('block', 252, unit), [{ mark: 'ok', remedy: null }]);
  assert.deepEqual(guard('block', 252), [{ mark: 'bad', remedy: 'aufswatch setup' }]);
  assert.deepEqual(guard('warn', 252), [{ mark: 'ok', remedy: null }]);
  assert.equal(guard('block', null)[0]?.mark, 'bad');
});

test('a full disk is reported, because nothing can be recorded on it', { skip: needsMount() }, () => {
  const { directory } = mountTmpfs('256k');
  assert.equal(bad(checksOf(directory, null)).join().includes('is full'), false);
  fillDisk(join(directory, 'filler'));
  assert.ok(
    bad(checksOf(directory, null)).includes(`the disk of ${directory} is full: nothing can be recorded`),
  );
});

test('a restart is recommended only for a damaged ledger: it repairs nothing else', () => {
  for (const failure of ['damaged', 'newer', 'disk-full', 'read-only', 'busy', 'io'] as const) {
    const check = checksOf(temporaryDirectory(), { failure, text: failure }).find(
      ({ what }) => what === failure,
    );
    assert.equal(check?.mark, 'bad', failure);
    assert.equal(check.remedy?.includes('restart the daemon'), failure === 'damaged', failure);
  }
});

test('a hook that is in place but reported no merge is named, whatever stops it', () => {
  const root = ready();
  const isReported = (): boolean =>
    /did not report the merge of app-misc\/hello-1/.test(bad(doctor(root).checks).join());
  let machine = inSync(Date.now());
  const merge = (at: number): void => {
    const pkg = { ...plainPackage('app-misc', 'hello', '1', at), inherited: ['linux-mod-r1'] };
    machine = mergePackage(root, machine, pkg);
  };
  merge(Date.now() - 86_400_000);
  assert.equal(isReported(), false, 'before the hook was installed');
  merge(Date.now() + 60_000);
  assert.equal(isReported(), true);
  layOut(root, { 'var/lib/aufswatch/inbox': '' });
  utimesSync(join(root, 'var/lib/aufswatch/inbox'), Date.now() / 1000 + 61, Date.now() / 1000 + 61);
  assert.equal(isReported(), false, 'it has reported a merge');
  rmSync(join(root, 'var/lib/aufswatch/inbox'));
  rmSync(join(root, 'etc/portage/bashrc'));
  assert.equal(isReported(), false, 'not in place: another line reports that');
});

test('hook-unheard is raised when the pkg_postinst of the merge must be over', () => {
  const root = ready();
  const now = Date.now();
  for (const path of ['etc/portage/bashrc', 'etc/portage/bashrc.d/aufswatch.bash'])
    utimesSync(join(root, path), now / 1000 - 7200, now / 1000 - 7200);
  let machine = inSync(now);
  for (const [minutes, raised] of [
    [1, false],
    [30, true],
  ] as const) {
    const at = now - minutes * 60_000;
    const pkg = { ...plainPackage('app-misc', 'hello', '1', at), inherited: ['linux-mod-r1'] };
    machine = mergePackage(root, machine, pkg);
    aufswatch(['daemon', '--once', '--root', root]);
    const published = readFileSync(join(root, 'run/aufswatch/status.json'), 'utf8');
    assert.equal(published.includes('"hook-unheard"'), raised, `${minutes} minutes ago`);
  }
});
