import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type RunningDaemon, startDaemon } from '../support/daemon.ts';
import { type MachineInMotion, machineInMotion } from '../support/machine-in-motion.ts';
import { aufswatch } from '../support/program.ts';
import { layOut, temporaryDirectory } from '../support/temporary.ts';
import { until } from '../support/wait.ts';

/**
 * A machine with a guard. Stand-ins record their arguments and run as long as the real programs would;
 * test/systemd/booted.test.ts has the real ones.
 */
interface Guarded {
  readonly machine: MachineInMotion;
  readonly daemon: RunningDaemon;
  /** The arguments of each running systemd-inhibit. */
  held(): string[][];
  /** The directory that the stand-ins write to. */
  readonly calls: string;
}

const STAND_INS = {
  'systemd-inhibit': `
    printf '%s\\n' "$@" >"$CALLS/inhibit.$$.new" && mv "$CALLS/inhibit.$$.new" "$CALLS/inhibit.$$"
    while [ "\${1#--}" != "$1" ]; do shift; done
    "$@"
    rm -f "$CALLS/inhibit.$$"`,
  // Prints a signal as gdbus(1) does, when the test wants one.
  gdbus: `
    printf '%s\\n' "$@" >"$CALLS/monitor"
    while [ ! -e "$CALLS/shutdown" ]; do sleep 0.05; done
    echo "/org/freedesktop/login1: org.freedesktop.login1.Manager.PrepareForShutdown (true,)"
    exec sleep 60`,
  systemctl: `
    [ "$1" = --version ] && exec echo "systemd $(cat "$CALLS/version" 2>/dev/null || echo 257) (257.1)"
    echo "$@" >>"$CALLS/systemctl"`,
  wall: `printf '%s\\n' "$@" >"$CALLS/wall"`,
};

const ROOT = process.getuid?.() === 0 ? false : 'needs root, to become another user';

async function guarded(
  mode: string,
  standIns: Readonly<Record<string, string>> = STAND_INS,
): Promise<Guarded> {
  const machine = machineInMotion();
  const [bin, calls] = [temporaryDirectory(), temporaryDirectory()];
  for (const [name, script] of Object.entries(standIns)) {
    writeFileSync(join(bin, name), `#!/bin/sh\nCALLS='${calls}'\n${script}\n`, { mode: 0o755 });
  }
  layOut(machine.root, {
    'etc/aufswatch.toml': `[settle]\nquiet = "20ms"\n[guard]\nreboot = "${mode}"\n`,
  });
  const path = standIns === STAND_INS ? `${bin}:${process.env.PATH}` : bin;
  const daemon = startDaemon(machine.root, { under: ['/usr/bin/env', `PATH=${path}`] });
  await daemon.publishes('it runs', () => true);
  const held = (): string[][] =>
    readdirSync(calls)
      .filter((name) => /^inhibit\.\d+$/.test(name))
      .map((name) => readFileSync(join(calls, name), 'utf8').trimEnd().split('\n'));
  return { machine, daemon, held, calls };
}

const BLOCK = [
  '--what=shutdown',
  '--mode=block',
  '--who=aufswatch',
  '--why=The next boot will be without AUFS; aufswatch plan, or aufswatch reboot-ok',
  'cat',
];

test('block: a reboot is delayed while the next boot loses AUFS, and allowed after the repair', async () => {
  const { machine, held } = await guarded('block');
  assert.deepEqual(held(), []);
  machine.mergeAufs();
  await until('reboots are delayed', () => held().length === 1);
  assert.deepEqual(held(), [BLOCK]);
  machine.mend();
  await until('reboots are allowed', () => held().length === 0);
});

test('reboot-ok allows the reboot, and --undo revokes that', async () => {
  const { machine, held } = await guarded('block');
  const { root } = machine;
  machine.mergeAufs();
  await until('reboots are delayed', () => held().length === 1);
  const lost = aufswatch(['check', '--before-reboot', '--root', root]);
  assert.deepEqual(lost, { status: 2, out: 'The next boot will be without AUFS.\n', error: '' });
  const config = ['--config', join(root, 'etc/aufswatch.toml')];
  const ok = aufswatch(['reboot-ok', '--root', root, ...config]);
  assert.deepEqual(
    { ...ok, out: ok.out.replace('npx ', '') },
    {
      status: 0,
      out: `The next reboot is let through. To take it back: aufswatch reboot-ok --root ${root} --config ${root}/etc/aufswatch.toml --undo\n`,
      error: '',
    },
  );
  await until('reboots are allowed', () => held().length === 0);
  assert.equal(aufswatch(['check', '--before-reboot', '--root', root]).status, 0);
  assert.equal(aufswatch(['check', '--root', root]).status, 2, 'only the reboot is allowed');
  assert.equal(
    aufswatch(['reboot-ok', '--undo', '--root', root, ...config]).out,
    'The guard holds reboots up again.\n',
  );
  await until('reboots are delayed again', () => held().length === 1);
  assert.equal(aufswatch(['check', '--before-reboot', '--root', root]).status, 2);
  assert.equal(aufswatch(['reboot-ok', '--undo', '--root', root]).status, 0, 'a second --undo is no error');
});

test('an ordinary user cannot allow a reboot, and gets an error', { skip: ROOT }, async () => {
  const { machine } = await guarded('off');
  const { root } = machine;
  machine.mergeAufs();
  const user = { uid: 65_534, env: { HOME: '/nonexistent' } };
  const { status, error } = aufswatch(['reboot-ok', '--root', root], user);
  assert.equal(status, 1);
  assert.match(error, /run this as root\n$/);
  assert.equal(aufswatch(['check', '--before-reboot', '--root', root], user).status, 2);
  const ok = aufswatch(['reboot-ok', '--root', root]).out;
  assert.match(
    ok,
    /^There is no \[guard\] in .*\/etc\/aufswatch\.toml\. A script that runs "aufswatch check/,
  );
  assert.equal(
    aufswatch(['check', '--before-reboot', '--root', root], user).status,
    0,
    'root has allowed it',
  );
});

test('before systemd 257, whose locks block root as well, a unit stops root', async () => {
  for (const [version, unit] of [
    ['252', ['start aufswatch-guard.service', 'stop --no-block aufswatch-guard.service']],
    ['257', ['stop --no-block aufswatch-guard.service']],
  ] as const) {
    const { machine, held, calls } = await guarded('block');
    writeFileSync(join(calls, 'version'), version);
    const unitCalls = (): string[] =>
      readFileSync(join(calls, 'systemctl'), { encoding: 'utf8', flag: 'a+' }).trim().split('\n');
    machine.mergeAufs();
    await until('reboots are delayed', () => held().length === 1 && unitCalls().length >= unit.length - 1);
    machine.mend();
    await until('reboots are allowed', () => held().length === 0 && unitCalls().length === unit.length);
    assert.deepEqual(unitCalls(), unit, version);
  }
});

test('a daemon that is killed leaves no lock behind', async () => {
  const { machine, daemon, held } = await guarded('block');
  machine.mergeAufs();
  await until('reboots are delayed', () => held().length === 1);
  daemon.signal('SIGKILL');
  await until('reboots are allowed', () => held().length === 0);
});

test('a lost lock is taken again, as after a restart of logind', async () => {
  const { machine, daemon, held, calls } = await guarded('block');
  machine.mergeAufs();
  await until('reboots are delayed', () => held().length === 1);
  const [name = ''] = readdirSync(calls);
  process.kill(Number(name.split('.')[1]));
  rmSync(join(calls, name));
  // The next heartbeat does the same.
  const again = (): boolean => {
    daemon.signal('SIGUSR1');
    return held().length === 1;
  };
  await until('reboots are delayed again', again);
  assert.deepEqual(held(), [BLOCK]);
});

test('warn: the reboot waits until every terminal has the message', async () => {
  const { machine, held, calls } = await guarded('warn');
  machine.mergeAufs();
  await until('reboots are delayed', () => held().length === 1 && existsSync(join(calls, 'monitor')));
  assert.deepEqual(held()[0]?.slice(1), [
    '--mode=delay',
    '--who=aufswatch',
    '--why=The next boot will be without AUFS',
    'cat',
  ]);
  assert.equal(existsSync(join(calls, 'wall')), false);
  writeFileSync(join(calls, 'shutdown'), '');
  await until('reboots are allowed', () => held().length === 0);
  assert.equal(
    readFileSync(join(calls, 'wall'), 'utf8'),
    'aufswatch: The next boot will be without AUFS. What to do: aufswatch plan\n',
  );
});

test('off: nothing delays a reboot', async () => {
  const { machine, daemon, held } = await guarded('off');
  machine.mergeAufs();
  await daemon.publishes('it is broken', ({ findings }) =>
    findings.some(({ severity }) => severity === 'critical'),
  );
  assert.deepEqual(held(), []);
});

test('without systemd the log says once that the guard has no effect', async () => {
  const node = `exec '${process.execPath}' "$@"`;
  const { machine, daemon } = await guarded('block', { node });
  machine.mergeAufs();
  const complaints = () => daemon.log().filter(({ msg }) => msg.includes('[guard]'));
  await until('it is logged', () => complaints().length > 0);
  const before = daemon.published()?.takenAtMs ?? 0;
  daemon.signal('SIGUSR1');
  await daemon.publishes('it has scanned again', ({ takenAtMs: takenAt }) => takenAt > before);
  assert.deepEqual(
    complaints().map(({ msg }) => msg),
    ['[guard] of the configuration has no effect: systemd-inhibit: spawn systemd-inhibit ENOENT'],
  );
});
