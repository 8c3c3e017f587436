import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { before, suite, test } from 'node:test';
import { layOutDemo } from '../../src/demo/lay-out-demo.ts';
import { copyProgram } from '../support/bundle.ts';
import { ORDINARY } from '../support/ordinary-user.ts';
import { aufswatch } from '../support/program.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const CODE = 'kernel-not-rebuilt';
const TREE = '/usr/src/linux-6.1.192-gentoo';

suite('an acknowledged finding', () => {
  const work = temporaryDirectory();
  const root = join(work, 'root');
  const here = ['--root', root];
  const listed = (): string => aufswatch(['findings', ...here]).out;

  before(() => {
    chmodSync(work, 0o755);
    assert.ok(layOutDemo(root, Date.now()).ok);
    assert.equal(aufswatch(['daemon', '--once', ...here]).status, 0);
  });

  test('ack prints what it acknowledged, and the list shows it until unack', () => {
    assert.match(listed(), new RegExp(`\\(${CODE} ${TREE}\\)`));
    // In a clone the program calls itself npx aufswatch.
    const out = aufswatch(['ack', CODE, TREE, ...here]).out.replace('npx ', '');
    assert.equal(
      out,
      `${CODE} ${TREE} is silenced until it is taken back.\nTake it back with: aufswatch unack --root ${root} ${CODE} ${TREE}\n`,
    );
    assert.match(listed(), new RegExp(`\\(${CODE} ${TREE}, silenced until it is taken back`));
    assert.match(aufswatch(['findings', '--json', ...here]).out, /"acknowledgedUntilMs": 8640000000000000/);
    assert.equal(aufswatch(['unack', CODE, TREE, ...here]).status, 0);
    assert.doesNotMatch(listed(), /silenced/);
    assert.match(aufswatch(['ack', CODE, '--for', '3d', ...here]).out, /is silenced until \d{4}-\d\d-\d\d/);
    assert.equal(
      aufswatch(['ack', CODE, '--until-change', ...here]).out,
      `${CODE} is silenced until it changes.\n`,
    );
    assert.equal(aufswatch(['unack', CODE, ...here]).status, 0);
  });

  test('ack refuses a finding that is not open, and unack prints what it did', () => {
    const ack = aufswatch(['ack', 'reboot-pending', ...here]).out;
    assert.match(ack, /^reboot-pending is silenced until .*\. It is not open now; it stays silent when/);
    assert.equal(
      aufswatch(['unack', 'reboot-pending', ...here]).out,
      'reboot-pending is no longer silenced. It is not open now: a notice is sent when it opens.\n',
    );
    aufswatch(['ack', CODE, ...here]);
    assert.equal(
      aufswatch(['unack', CODE, ...here]).out,
      `${CODE} is no longer silenced. It is open now: notices are sent again.\n`,
    );
    assert.equal(aufswatch(['unack', CODE, ...here]).error, `aufswatch: ${CODE} was not acknowledged\n`);
    assert.match(aufswatch(['unack', 'kernel-not-rebuild', ...here]).error, /kernel-not-rebuilt/);
  });

  test('check --nagios is silent about it as well, and status shows the acknowledgement', () => {
    const nagios = () => aufswatch(['check', '--nagios', ...here]);
    assert.equal(nagios().status, 2);
    aufswatch(['ack', 'next-boot-without-aufs', ...here]);
    aufswatch(['ack', CODE, ...here]);
    assert.equal(nagios().status, 0);
    assert.match(aufswatch(['status', ...here]).out, /next-boot-without-aufs.*silenced/s);
    aufswatch(['unack', 'next-boot-without-aufs', ...here]);
    aufswatch(['unack', CODE, ...here]);
    assert.equal(nagios().status, 2);
  });

  test('ack refuses another path of the subject, such as a symlink, and names the right one', () => {
    const { status, error } = aufswatch(['ack', CODE, '/usr/src/linux', ...here]);
    assert.equal(status, 1);
    assert.equal(error, `aufswatch: ${CODE} is not open for /usr/src/linux: it is open for ${TREE}\n`);
    assert.match(aufswatch(['ack', 'reboot-pending', 'x', ...here]).error, /it is not open now$/m);
  });

  test('only root may acknowledge: an ordinary user gets that reason, not "no such finding"', {
    skip: ORDINARY.uid === undefined && 'needs root',
  }, async () => {
    const home = temporaryDirectory();
    const program = copyProgram(join(work, 'program'));
    for (const words of [['history'], ['findings'], ['ack', CODE]]) {
      const { status, stderr } = spawnSync(process.execPath, [program, ...words, ...here], {
        ...ORDINARY,
        env: { HOME: home },
        encoding: 'utf8',
      });
      assert.equal(status, 1);
      assert.match(
        stderr,
        /^aufswatch: .*\/var\/lib\/aufswatch\/ledger\.sqlite3 cannot be read by this user/,
      );
    }
  });
});
