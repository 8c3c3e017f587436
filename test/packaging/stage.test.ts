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

  function stage(...words: readonly string[]): string {
    const { status, out } = call(process.execPath, 'build/stage.js', root, ...words);
    assert.equal(status, 0, out);
    return out;
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

  test('a new user can install, use and remove it in five minutes, and nothing is left', () => {
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

  test('a newer version replaces an older one and its files, and reports what changed', () => {
    assert.match(
      stage(),
      /^aufswatch \S+ is installed in .*: (\d+) files, of them \1 new and 0 changed; old files removed: 0$/m,
    );
    const manifest = join(root, 'usr/lib/aufswatch/package.json');
    writeFileSync(
      manifest,
      readFileSync(manifest, 'utf8').replace(/"version": "[^"]+"/, '"version": "0.0.9"'),
    );
    const old = join(root, 'usr/lib/aufswatch/dist/old-part.js');
    writeFileSync(old, '');
    const list = join(root, 'usr/lib/aufswatch/installed.files');
    writeFileSync(list, `${readFileSync(list, 'utf8')}/usr/lib/aufswatch/dist/old-part.js\n`);
    assert.match(
      stage(),
      /^aufswatch 0\.0\.9 is now .*: \d+ files, of them 0 new and 1 changed; old files removed: 1$/m,
    );
    assert.ok(!existsSync(old));
    assert.match(stage(), /is installed again in .* 0 new and 0 changed; old files removed: 0$/m);
    assert.equal(call(join(root, 'usr/lib/aufswatch/uninstall')).status, 0);
    assert.ok(!existsSync(join(root, 'usr/lib/aufswatch')));
  });

  test('uninstall leaves only the files that it names', () => {
    stage();
    assert.match(
      call(join(root, 'usr/lib/aufswatch/uninstall'), '--purge').out,
      /^Nothing of aufswatch is left\.$/m,
    );
    stage();
    const config = join(root, 'etc/conf.d/aufswatch');
    writeFileSync(config, `${readFileSync(config, 'utf8')}AUFSWATCH_ARGS="--debug"\n`);
    layOut(root, { 'etc/aufswatch.toml': '', 'var/log/aufswatch.log.1': '' });
    const { out } = call(join(root, 'usr/lib/aufswatch/uninstall'));
    const listed = out.split('\n').filter((line) => line.startsWith(`  ${root}`));
    const left = listing(root).flatMap((line) => /^\S*\baufswatch\S*/.exec(line)?.[0] ?? []);
    assert.deepEqual(listed.map((line) => line.slice(root.length + 3)).sort(), [
      'etc/aufswatch.toml',
      'etc/conf.d/aufswatch',
      'var/log/aufswatch.log.1',
    ]);
    // The mark of a demonstration is not part of the installation.
    for (const path of left.filter((name) => name !== '.aufswatch-demo'))
      assert.ok(
        listed.some((line) => `${path}/`.startsWith(`${line.slice(root.length + 3)}/`)),
        path,
      );
    stage();
    assert.match(readFileSync(config, 'utf8'), /--debug/, 'an installation does not change it');
    assert.match(
      call(join(root, 'usr/lib/aufswatch/uninstall'), '--purge').out,
      /^Nothing of aufswatch is left\.$/m,
    );
  });

  test('the ledger stays unless it is purged, and its path is printed', () => {
    stage();
    assert.equal(aufswatch('daemon', '--once').status, 0);
    const { out } = call(join(root, 'usr/lib/aufswatch/uninstall'));
    assert.match(
      out,
      /^These files of the configuration and of the daemon were not removed:\n {2}.*\/var\/lib\/aufswatch$/m,
    );
    assert.ok(existsSync(join(root, 'var/lib/aufswatch/ledger.sqlite3')));
  });

  test('parts can be left out, for package managers', () => {
    stage(
      '--without',
      'systemd',
      '--without',
      'openrc',
      '--without',
      'desktop',
      '--without',
      'uninstall',
      '--doc',
      'aufswatch-0.1.0',
    );
    const is = (path: string): boolean => existsSync(join(root, path));
    assert.ok(!is('usr/lib/systemd/system/aufswatch.service'));
    for (const path of ['init.d', 'conf.d', 'logrotate.d']) assert.ok(!is(`etc/${path}/aufswatch`), path);
    assert.ok(!is('etc/xdg/autostart/aufswatch-agent.desktop'));
    assert.ok(!is('usr/lib/systemd/user/aufswatch-agent.service'));
    assert.ok(!is('usr/lib/aufswatch/uninstall'));
    assert.ok(is('usr/share/doc/aufswatch-0.1.0/CHANGELOG.md'));
    assert.ok(is('usr/share/doc/aufswatch-0.1.0/aufswatch.toml.example'));
    assert.equal(call(process.execPath, 'build/stage.js', root, '--without', 'nothing').status, 64);
    // Node's own mkdir with its parents would never return.
    assert.match(call(process.execPath, 'build/stage.js', '/proc/nothing').out, /ENOENT/);
  });
});
