import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { layOut, temporaryDirectory } from '../support/temporary.ts';
import { needs } from '../support/tools.ts';

const UNIT = join(import.meta.dirname, '../../../systemd/aufswatch.service');
const SKIP = needs('systemd-analyze');
const EXPOSURE_MAX = 2;

/** The unit in a separate root, in which its program exists. */
function installed(): string {
  const root = temporaryDirectory();
  layOut(root, {
    'etc/systemd/system/aufswatch.service': readFileSync(UNIT),
    'etc/systemd/system/aufswatch-guard.service': readFileSync(join(UNIT, '../aufswatch-guard.service')),
  });
  for (const path of ['usr/bin/aufswatch', 'bin/kill', 'bin/systemctl', 'bin/mkdir', 'bin/ln', 'bin/rm']) {
    layOut(root, { [path]: '#!/bin/sh\n' });
    chmodSync(join(root, path), 0o755);
  }
  for (const target of ['sysinit', 'basic', 'shutdown', 'multi-user', 'local-fs']) {
    layOut(root, { [`usr/lib/systemd/system/${target}.target`]: `[Unit]\nDescription=${target}\n` });
  }
  return root;
}

test('systemd finds no error in the units', { skip: SKIP }, () => {
  const units = ['aufswatch.service', 'aufswatch-guard.service'];
  const args = [`--root=${installed()}`, '--man=no', '--recursive-errors=no', 'verify', ...units];
  const { status, stdout, stderr } = spawnSync('systemd-analyze', args, {
    encoding: 'utf8',
    timeout: 30_000,
  });
  assert.deepEqual({ status, out: `${stdout}${stderr}`.trim() }, { status: 0, out: '' });
});

test("the agent's unit has no error, and can be enabled for everyone", {
  skip: needs('systemd-analyze', 'systemctl'),
}, () => {
  const root = temporaryDirectory();
  const name = 'aufswatch-agent.service';
  const text = readFileSync(join(UNIT, '..', name), 'utf8');
  layOut(root, { [`etc/systemd/user/${name}`]: text, [name]: text.replace('/usr/bin/aufswatch', '/bin/sh') });
  const args = ['--user', '--man=no', '--recursive-errors=no', 'verify', join(root, name)];
  const env = { ...process.env, XDG_RUNTIME_DIR: root };
  const { status, stdout, stderr } = spawnSync('systemd-analyze', args, {
    env,
    encoding: 'utf8',
    timeout: 30_000,
  });
  assert.deepEqual({ status, out: `${stdout}${stderr}`.trim() }, { status: 0, out: '' });
  execFileSync('systemctl', [`--root=${root}`, '--global', 'enable', 'aufswatch-agent'], { stdio: 'ignore' });
  const wanted = join(root, 'etc/systemd/user/graphical-session.target.wants', name);
  assert.equal(lstatSync(wanted).isSymbolicLink(), true);
});

test('the sandbox leaves little exposure', { skip: SKIP }, () => {
  const args = ['security', '--offline=yes', '--no-pager', UNIT];
  const out = execFileSync('systemd-analyze', args, { encoding: 'utf8', timeout: 30_000 });
  const exposure = Number(/exposure level for aufswatch\.service: ([\d.]+)/.exec(out)?.[1] ?? Number.NaN);
  assert.ok(exposure <= EXPOSURE_MAX, `${exposure} is more than ${EXPOSURE_MAX}:\n${out}`);
});

test('each line of the sandbox that is off has a reason', () => {
  const lines = readFileSync(UNIT, 'utf8').split('\n');
  for (const [index, line] of lines.entries()) {
    if (!/^\w+=(no|default|all)$/.test(line) || line.startsWith('NotifyAccess')) continue;
    const name = line.split('=')[0] ?? '';
    const above = lines.slice(0, index).reverse();
    const block = above.slice(0, above.indexOf('')).join('\n');
    assert.match(block, new RegExp(`^# .*${name}.*:`, 'm'), `${line} has no reason`);
  }
});
