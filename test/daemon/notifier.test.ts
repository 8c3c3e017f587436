import assert from 'node:assert/strict';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ExecMessage } from '../../src/notify/exec/message.ts';
import { codesOf, type RunningDaemon, startDaemon } from '../support/daemon.ts';
import { type MachineInMotion, machineInMotion } from '../support/machine-in-motion.ts';
import { aufswatch } from '../support/program.ts';
import { layOut, temporaryDirectory } from '../support/temporary.ts';
import { until } from '../support/wait.ts';

/** A machine whose configuration names a command, and the messages that the command received. */
interface Notified {
  readonly machine: MachineInMotion;
  received(): ExecMessage[];
  /** Makes the command run this script after it has stored its message. */
  then(script: string): void;
  start(): Promise<RunningDaemon>;
}

function machineThatNotifies(more = '', quiet = '20ms'): Notified {
  const machine = machineInMotion();
  const directory = temporaryDirectory();
  const [command, messages] = [join(directory, 'notify me'), join(directory, 'received')];
  const then = (script: string): void => {
    writeFileSync(command, `#!/bin/sh\ncat >>'${messages}'\n${script}\n`);
    chmodSync(command, 0o755);
  };
  then('exit 0');
  const exec = `[[exec]]\ncommand = ["${command}", "$(reboot)"]\n${more}`;
  layOut(machine.root, { 'etc/aufswatch.toml': `[settle]\nquiet = "${quiet}"\n${exec}\n` });
  return {
    machine,
    then,
    received: () =>
      existsSync(messages)
        ? readFileSync(messages, 'utf8')
            .split('\n')
            .filter((line) => line !== '')
            .map((line) => JSON.parse(line))
        : [],
    start: async () => {
      const daemon = startDaemon(machine.root);
      await daemon.publishes('it runs', ({ pid }) => pid === daemon.pid);
      return daemon;
    },
  };
}

test('a broken link is reported once, also over restarts, and then that it is repaired', async () => {
  // Longer than the repair takes; else the state halfway through it would be reported.
  const { machine, received, start } = machineThatNotifies('', '1s');
  let daemon = await start();
  machine.mergeAufs();
  await until('the command has received a notice', () => received().length > 0);
  const [message] = received();
  assert.equal(message?.kind, 'tell');
  assert.equal(message.severity, 'critical');
  assert.equal(message.title, 'Next boot: no AUFS');
  assert.match(message.body, /^\/usr\/src\/linux-6\.1\.192-gentoo was changed/);
  assert.match(message.body, /The next boot will be without AUFS/);
  assert.deepEqual(message.codes, ['kernel-not-rebuilt', 'next-boot-without-aufs']);
  assert.ok(Math.abs(message.atMs - Date.now()) < 60_000);
  await until('it is in the history', () => /told by/.test(history(machine.root)));
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    daemon.signal(signal);
    await daemon.ended;
    daemon = await start();
    const before = daemon.published()?.takenAtMs ?? 0;
    daemon.signal('SIGUSR1');
    await daemon.publishes('it has scanned again', ({ takenAtMs: takenAt }) => takenAt > before);
  }
  machine.mend();
  await until('the command has received another notice', () => received().length > 1);
  assert.deepEqual(
    received().map(({ kind, title }) => (kind === 'withdraw' ? title : kind)),
    ['tell', 'All is in sync again'],
  );
});

test('a notice that the command refused is sent again after a restart, when it is due', async () => {
  const { machine, received, then, start } = machineThatNotifies();
  then('echo "no network" >&2; exit 1');
  const daemon = await start();
  machine.mergeAufs();
  await until('it has failed', () => daemon.log().some(({ msg }) => /no network/.test(msg)));
  const line = daemon.log().find(({ msg }) => /no network/.test(msg));
  assert.match(
    line?.msg ?? '',
    /telling by ".*notify me \$\(reboot\)" failed \(exit status 1: no network\); tried/,
  );
  const failedAt = Date.now();
  daemon.signal('SIGKILL');
  await daemon.ended;
  then('exit 0');
  await start();
  await until('it is tried again', () => received().length === 2, 20_000);
  assert.ok(Date.now() - failedAt > 5000, 'it is not tried at once');
  assert.deepEqual(received()[0], received()[1]);
});

test('a command that hangs does not block the daemon, and ends with it', async () => {
  const { machine, received, then, start } = machineThatNotifies('timeout = "1h"');
  const pidFile = join(temporaryDirectory(), 'pid');
  then(`trap '' TERM; echo $$ >${pidFile}; while :; do sleep 1; done`);
  const daemon = await start();
  machine.mergeAufs();
  await until('it hangs', () => received().length > 0 && existsSync(pidFile));
  machine.mend();
  await daemon.publishes('it is repaired', (published) => !codesOf(published).includes('kernel-not-rebuilt'));
  const pid = readFileSync(pidFile, 'utf8').trim();
  daemon.signal('SIGTERM');
  assert.equal(await daemon.ended, 0);
  await until('it has ended', () => !existsSync(`/proc/${pid}`));
});

test('notify --test sends one notice to each command, and reports which failed', () => {
  const { machine, received, then } = machineThatNotifies();
  const config = join(machine.root, 'etc/aufswatch.toml');
  const words = ['notify', '--test', '--channel', 'exec', '--config', config];
  assert.deepEqual(aufswatch(words), { status: 0, out: 'exec: done\n', error: '' });
  assert.deepEqual(
    received().map(({ title }) => title),
    ['aufswatch test: warning'],
  );
  then('exit 3');
  const { status, error } = aufswatch(words);
  assert.equal(status, 1);
  assert.match(error, /^aufswatch: exec: ".*notify me \$\(reboot\)": exit status 3\n$/);
  assert.equal(aufswatch(['notify', '--test', '--channel', 'pigeon']).status, 64);
});

function history(root: string): string {
  return aufswatch(['history', '--root', root]).out;
}
