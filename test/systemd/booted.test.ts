import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { writeMachine } from '../../src/demo/machine.ts';
import { patchedAgainNotRebuilt } from '../../src/demo/story.ts';
import { BOOTED_SYSTEMD, bootSystemd } from '../support/booted-systemd.ts';
import { codeBlocks } from '../support/code-blocks.ts';
import { PROGRAM } from '../support/program.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { needs } from '../support/tools.ts';
import { until } from '../support/wait.ts';

const SOURCE = join(import.meta.dirname, '../../..');
const UNITS = 'usr/lib/systemd/system';
const HELD_UP =
  /^Call to Reboot failed: Unit aufswatch-holds-this-up--run-aufswatch-plan-or-reboot-ok\.service not found/m;
const LIMIT = 60_000;

test('under a real systemd the unit is enabled, logs with priorities, blocks a reboot by root until reboot-ok, and mails', {
  skip: BOOTED_SYSTEMD || needs('postdrop', 'sendmail'),
  timeout: 180_000,
}, async () => {
  const root = join(temporaryDirectory(), 'root');
  mkdirSync(root);
  writeMachine(root, patchedAgainNotRebuilt(Date.now()));
  const shipped = (path: string): string => readFileSync(join(SOURCE, path), 'utf8');
  const systemd = await bootSystemd(
    {
      [`${UNITS}/aufswatch.service`]: shipped('systemd/aufswatch.service'),
      [`${UNITS}/aufswatch-guard.service`]: shipped('systemd/aufswatch-guard.service'),
      'etc/systemd/system/aufswatch.service.d/test.conf':
        '[Service]\nRestart=no\nExecStart=\nExecStart=/usr/bin/aufswatch daemon --root /srv/machine --config /etc/aufswatch.toml\n',
      'etc/aufswatch.toml': '[guard]\nreboot = "block"\n',
      [`${UNITS}/mail-refused.service`]: sendsMail(shipped('systemd/aufswatch.service')),
      [`${UNITS}/mail.service`]: sendsMail(shipped('systemd/aufswatch.service')),
      'etc/systemd/system/mail.service.d/override.conf': dropInForMail(shipped('doc/notices.md')),
      'usr/bin/aufswatch': `#!/bin/sh\nexec ${process.execPath} ${PROGRAM} "$@"\n`,
    },
    ['usr/bin/aufswatch'],
    { 'srv/machine': root },
  );
  const run = (...words: readonly string[]): string => systemd.run(...words).out;
  const enabled = systemd.run('systemctl', 'enable', '--now', 'aufswatch');
  assert.equal(enabled.status, 0, `${enabled.out}${run('journalctl', '-u', 'aufswatch', '--no-pager')}`);
  const guard = (): string => run('systemctl', 'is-active', 'aufswatch-guard').trim();
  await until('the guard is active', () => guard() === 'active', LIMIT);
  assert.match(run('systemd-inhibit', '--list', '--no-pager'), /aufswatch .* shutdown .* block/);
  for (const words of [['systemctl', 'reboot'], ['reboot'], ['shutdown', '-r', 'now']])
    assert.match(run(...words), HELD_UP, words.join(' '));
  assert.equal(run('systemctl', 'list-jobs', '--no-pager').trim(), 'No jobs running.');
  const errors = run('journalctl', '-u', 'aufswatch', '-p', 'err', '-o', 'cat', '--no-pager');
  assert.match(errors, /next-boot-without-aufs/);
  assert.doesNotMatch(run('journalctl', '-u', 'aufswatch', '-o', 'cat', '--no-pager'), /\[guard\]/);

  // Works with the drop-in of the document, and not without it: postdrop changes its group and writes where only that
  // group may.
  const queued = (): string => run('ls', '/var/spool/postfix/maildrop').trim();
  run('sh', '-c', 'rm -f /var/spool/postfix/maildrop/*');
  assert.notEqual(systemd.run('systemctl', 'start', 'mail-refused').status, 0);
  assert.equal(queued(), '');
  assert.equal(
    systemd.run('systemctl', 'start', 'mail').status,
    0,
    run('journalctl', '-u', 'mail', '--no-pager'),
  );
  assert.match(queued(), /^\w+$/);

  assert.equal(run('systemctl', 'kill', '-s', 'KILL', 'aufswatch'), '');
  await until('the guard ends with the daemon', () => guard() === 'inactive', LIMIT);
  assert.equal(systemd.run('systemctl', 'start', 'aufswatch').status, 0);
  await until('it is active again', () => guard() === 'active', LIMIT);

  assert.equal(systemd.run('aufswatch', 'reboot-ok').status, 0);
  assert.equal(guard(), 'inactive', 'at once');
  assert.ok(systemd.isUp());
  assert.doesNotMatch(run('systemctl', 'reboot'), HELD_UP);
  await until('the system shuts down', () => !systemd.isUp(), LIMIT);
});

/** The daemon's unit with all its restrictions, which only runs a command of [[exec]] for mail. */
function sendsMail(unit: string): string {
  return unit
    .replace(/^Type=.*$/m, 'Type=oneshot')
    .replace(/^Restart=.*$/m, 'Restart=no')
    .replace(/^ExecStopPost=.*$/m, '')
    .replace(/^ExecStart=.*$/m, "ExecStart=/bin/sh -c 'echo Test. | /usr/sbin/sendmail root'");
}

function dropInForMail(page: string): string {
  const dropIn = codeBlocks(page).find(
    ({ language, text }) => language === 'ini' && text.includes('postfix'),
  );
  assert.ok(dropIn !== undefined);
  return dropIn.text;
}
