import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { layOutDemo } from '../../src/demo/lay-out-demo.ts';
import { BOOTED_SYSTEMD, bootSystemd } from '../support/booted-systemd.ts';
import { playedQemu } from '../support/played-qemu.ts';
import { PROGRAM } from '../support/program.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { until } from '../support/wait.ts';

const SOURCE = join(import.meta.dirname, '../../..');
const LIMIT = 60_000;
const HANGS = '/run/qemu-hangs';
const QEMU = 'usr/bin/qemu-system-x86_64';

const skip = BOOTED_SYSTEMD || (process.arch === 'x64' ? false : 'plays the QEMU of x86-64');

test('under a real systemd the daemon runs a rehearsal in its own unit, which ends with the daemon', {
  skip,
  timeout: 180_000,
}, async () => {
  const directory = temporaryDirectory();
  const root = join(directory, 'root');
  mkdirSync(root);
  assert.ok(layOutDemo(root, Date.now()).ok);
  const image = readFileSync(join(root, 'boot/vmlinuz-6.1.192-gentoo'), 'latin1');
  const uts = / (#\d+ [^\0]*)\0/.exec(image)?.[1] ?? '';
  playedQemu(
    directory,
    'qemu',
    `report('kernel 6.1.192-gentoo ' + ${JSON.stringify(encodeURI(uts))} + ' logs');
if (require('node:fs').existsSync('${HANGS}')) setInterval(() => {}, 1000);
else { job.forEach((_, n) => { report('begin ' + n); report('end ' + n + ' 0'); }); report('done ' + job.length); }`,
  );
  const systemd = await bootSystemd(
    {
      'usr/lib/systemd/system/aufswatch.service': readFileSync(
        join(SOURCE, 'systemd/aufswatch.service'),
        'utf8',
      ),
      'etc/systemd/system/aufswatch.service.d/test.conf':
        '[Service]\nRestart=no\nReadWritePaths=/srv/machine\nExecStart=\nExecStart=/usr/bin/aufswatch daemon --root /srv/machine --config /etc/aufswatch.toml\n',
      'etc/aufswatch.toml': '[rehearsal]\nwhen = "after-install"\n',
      'usr/bin/aufswatch': `#!/bin/sh\nexec ${process.execPath} ${PROGRAM} "$@"\n`,
      [QEMU]: readFileSync(join(directory, 'qemu/qemu-system-x86_64'), 'utf8'),
    },
    ['usr/bin/aufswatch', QEMU],
    { 'srv/machine': root },
  );
  const run = (...words: readonly string[]): string => systemd.run(...words).out;
  const log = (): string => run('journalctl', '-u', 'aufswatch', '-o', 'cat', '--no-pager');
  const isActive = (unit: string): boolean => run('systemctl', 'is-active', unit).trim() === 'active';
  const qemus = (): string => run('pgrep', '-u', 'nobody', '-f', QEMU).trim();

  assert.equal(systemd.run('systemctl', 'start', 'aufswatch').status, 0, log());
  await until('the result is recorded and used', () => log().includes('rehearsal-contradicts'), LIMIT);
  assert.doesNotMatch(log(), /could not be rehearsed/);

  run('touch', HANGS);
  run('touch', '/srv/machine/lib/modules/6.1.192-gentoo/misc/aufs.ko');
  run('systemctl', 'kill', '-s', 'USR1', '--kill-who=main', 'aufswatch');
  await until('it is rehearsed again', () => isActive('aufswatch-rehearsal') && qemus() !== '', LIMIT);
  assert.equal(systemd.run('systemctl', 'stop', 'aufswatch').status, 0);
  await until('the rehearsal ends with the daemon', () => !isActive('aufswatch-rehearsal'), LIMIT);
  await until('nothing of it is left', () => qemus() === '', LIMIT);
});
