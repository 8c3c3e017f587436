import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { before, suite, test } from 'node:test';
import { inSync } from '../../src/demo/in-sync.ts';
import { writeMachine } from '../../src/demo/machine.ts';
import { unpatchTree } from '../support/demo/act-portage.ts';
import { listing } from '../support/listing.ts';
import { layOut, temporaryDirectory } from '../support/temporary.ts';

const PACKAGE = resolve(import.meta.dirname, '../../..');
const TREE = '/usr/src/linux-6.1.192-gentoo';

suite('an installation', () => {
  const root = join(temporaryDirectory(), 'root');
  const machine = inSync(Date.now());
  let bare: string[] = [];

  function call(command: string, ...words: readonly string[]): { status: number | null; out: string } {
    const { status, stdout, stderr } = spawnSync(command, words, { cwd: PACKAGE, encoding: 'utf8' });
    return { status, out: stdout + stderr };
  }

  function stage(...words: readonly string[]): void {
    const { status, out } = call(process.execPath, 'build/stage.js', root, ...words);
    assert.equal(status, 0, out);
  }

  function aufswatch(...words: readonly string[]): { status: number | null; out: string } {
    return call(join(root, 'usr/bin/aufswatch'), ...words, '--root', root);
  }

  before(() => {
    const built = call('npm', 'run', '--silent', 'prestage');
    assert.equal(built.status, 0, built.out);
    mkdirSync(root);
    writeMachine(root, machine);
    layOut(root, {
      'etc/portage/make.conf': '',
      'etc/portage/bashrc': 'A=1\n',
      'sbin/openrc-run': '',
      'run/lock': '',
    });
    bare = listing(root);
  });

  test('a stranger’s first five minutes, from nothing to nothing', () => {
    stage();
    assert.match(call(join(root, 'usr/bin/aufswatch'), '--version').out, /^aufswatch \d/);
    const set = aufswatch('setup');
    assert.equal(set.status, 0, set.out);
    assert.match(readFileSync(join(root, 'etc/portage/bashrc'), 'utf8'), /^A=1\n# >>> aufswatch/);
    assert.ok(!existsSync(join(root, 'etc/kernel')), 'the kernel hooks came with the installation');
    assert.doesNotMatch(aufswatch('doctor').out, /not in place/);
    assert.equal(aufswatch('check').status, 0);
    assert.equal(aufswatch('daemon', '--once').status, 0);
    unpatchTree(root, machine, TREE, Date.now());
    assert.equal(aufswatch('check').status, 1);
    assert.equal(aufswatch('daemon', '--once').status, 0);
    assert.match(aufswatch('status').out, /patch-reverted/);
    assert.match(aufswatch('history').out, /patch/);
    const gone = call(join(root, 'usr/lib/aufswatch/uninstall'), '--purge');
    assert.equal(gone.status, 0, gone.out);
    const left = listing(root).filter((line) => !line.startsWith('usr/src/'));
    assert.deepEqual(
      left,
      bare.filter((line) => !line.startsWith('usr/src/')),
    );
  });

  test('a newer version takes the place of an older one, whose files do not stay', () => {
    stage();
    const old = join(root, 'usr/lib/aufswatch/dist/old-part.js');
    writeFileSync(old, '');
    const list = join(root, 'usr/lib/aufswatch/installed.files');
    writeFileSync(list, `${readFileSync(list, 'utf8')}/usr/lib/aufswatch/dist/old-part.js\n`);
    stage();
    assert.ok(!existsSync(old));
    assert.equal(call(join(root, 'usr/lib/aufswatch/uninstall')).status, 0);
    assert.ok(!existsSync(join(root, 'usr/lib/aufswatch')));
  });

  test('without the ledger’s purge it stays, and it is said where', () => {
    stage();
    assert.equal(aufswatch('daemon', '--once').status, 0);
    const { out } = call(join(root, 'usr/lib/aufswatch/uninstall'));
    assert.match(out, /still in .*\/var\/lib\/aufswatch/);
    assert.ok(existsSync(join(root, 'var/lib/aufswatch/ledger.sqlite3')));
  });

  test('parts can be left out, for package managers', () => {
    stage(
      '--without',
      'systemd',
      '--without',
      'desktop',
      '--without',
      'uninstall',
      '--doc',
      'aufswatch-0.1.0',
    );
    const is = (path: string): boolean => existsSync(join(root, path));
    assert.ok(!is('usr/lib/systemd/system/aufswatch.service'));
    assert.ok(!is('etc/xdg/autostart/aufswatch-agent.desktop'));
    assert.ok(!is('usr/lib/systemd/user/aufswatch-agent.service'));
    assert.ok(!is('usr/lib/aufswatch/uninstall'));
    assert.ok(is('usr/share/doc/aufswatch-0.1.0/CHANGELOG.md'));
    assert.ok(is('usr/share/doc/aufswatch-0.1.0/aufswatch.toml.example'));
    assert.equal(call(process.execPath, 'build/stage.js', root, '--without', 'nothing').status, 64);
  });
});
