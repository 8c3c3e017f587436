import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { runHook } from '../support/hook.ts';
import { listing } from '../support/listing.ts';
import { aufswatch, PROGRAM } from '../support/program.ts';
import { layOut, temporaryDirectory } from '../support/temporary.ts';

const AS_ROOT = process.getuid?.() === 0 ? false : 'needs root';
const BASHRC = 'etc/portage/bashrc';
const POST_EMERGE = 'etc/portage/bin/post_emerge';
const HOOKS = [
  'etc/portage/bashrc.d/aufswatch.bash',
  POST_EMERGE,
  'etc/kernel/postinst.d/90-aufswatch',
  'etc/kernel/install.d/90-aufswatch.install',
];

/** A root with Portage set up and this init system. */
function machine(files: Readonly<Record<string, string | Buffer>> = {}, init = 'openrc'): string {
  const root = join(temporaryDirectory(), 'root');
  mkdirSync(root);
  const inits: Readonly<Record<string, string>> = {
    openrc: 'sbin/openrc-run',
    systemd: 'usr/lib/systemd/systemd',
  };
  layOut(root, { 'etc/portage/make.conf': '', [inits[init] ?? '']: '', ...files });
  return root;
}

function setup(root: string, ...words: readonly string[]): string {
  const { status, out, error } = aufswatch(['setup', '--root', root, ...words]);
  assert.equal(status, 0, error);
  return out;
}

function read(root: string, path: string): string {
  return readFileSync(join(root, path), 'latin1');
}

const BASHRCS: Readonly<Record<string, Record<string, string | Buffer>>> = {
  'no bashrc': {},
  'an empty bashrc': { [BASHRC]: '' },
  'a bashrc that is not UTF-8': {
    [BASHRC]: Buffer.from('post_src_unpack() { :; }\n# caf\u00e9\n', 'latin1'),
  },
  'a bashrc that does not end its last line': { [BASHRC]: 'export A=1\n# end' },
  'a post_emerge of the user': { [POST_EMERGE]: '#!/bin/sh\necho mine "$@"\n' },
};

for (const [name, files] of Object.entries(BASHRCS)) {
  for (const init of ['openrc', 'systemd']) {
    test(`${name}, ${init}: setup installs once, and is undone without a trace`, () => {
      const root = machine(files, init);
      if (files[POST_EMERGE] !== undefined) chmodSync(join(root, POST_EMERGE), 0o750);
      const before = listing(root);
      const foretold = setup(root, '--dry-run');
      assert.deepEqual(listing(root), before, 'a dry run changes nothing');
      const done = setup(root);
      assert.equal(foretold.replaceAll(/^would /gm, ''), done.replace(/^Next: .*\n/m, ''));
      for (const path of HOOKS) assert.ok(existsSync(join(root, path)), path);
      const given = files[BASHRC] ?? '';
      const own = typeof given === 'string' ? given : given.toString('latin1');
      assert.ok(read(root, BASHRC).startsWith(own), 'the text of the user is there, and first');
      const service = init === 'openrc' ? 'etc/init.d/aufswatch' : 'etc/systemd/system/aufswatch.service';
      assert.ok(existsSync(join(root, service)));
      assert.equal(statSync(join(root, 'var/lib/aufswatch')).mode & 0o777, 0o750);
      const after = listing(root);
      assert.equal(setup(root), 'All is in place.\n');
      assert.deepEqual(listing(root), after, 'a second run does nothing');
      setup(root, '--remove');
      assert.deepEqual(listing(root), before);
      assert.equal(setup(root, '--remove'), 'Nothing of aufswatch is in place.\n');
    });
  }
}

test('the bashrc keeps its mode and owner, and a symlink stays one', { skip: AS_ROOT }, () => {
  const root = machine({ 'etc/portage/own/bashrc': 'A=1\n' });
  chmodSync(join(root, 'etc/portage/own/bashrc'), 0o600);
  chownSync(join(root, 'etc/portage/own/bashrc'), 250, 251);
  symlinkSync('own/bashrc', join(root, BASHRC));
  setup(root);
  assert.ok(lstatSync(join(root, BASHRC)).isSymbolicLink());
  const { mode, uid, gid } = statSync(join(root, 'etc/portage/own/bashrc'));
  assert.deepEqual([mode & 0o777, uid, gid], [0o600, 250, 251]);
  assert.match(read(root, BASHRC), /^A=1\n# >>> aufswatch setup/);
});

test('a symlink of bashrc that leads out of the root is not followed', () => {
  const root = machine();
  const outside = join(temporaryDirectory(), 'outside');
  writeFileSync(outside, 'A=1\n');
  symlinkSync(`../../../../${outside}`, join(root, BASHRC));
  aufswatch(['setup', '--root', root]);
  assert.equal(readFileSync(outside, 'utf8'), 'A=1\n');
});

test('if bashrc is a directory, which Portage does not read, the profile’s bashrc gets the block', () => {
  const root = machine({ [`${BASHRC}/10-mine`]: 'A=1\n' });
  const before = listing(root);
  setup(root);
  assert.match(read(root, 'etc/portage/profile/profile.bashrc'), /aufswatch\.bash/);
  assert.doesNotMatch(aufswatch(['doctor', '--root', root]).out, /bashrc is not in place/);
  setup(root, '--remove');
  assert.deepEqual(listing(root), before);
});

test('the user’s own post_emerge is still called, and its exit status is kept', () => {
  const root = machine({ [POST_EMERGE]: '#!/bin/sh\necho "mine $1"\nexit 3\n' });
  chmodSync(join(root, POST_EMERGE), 0o755);
  setup(root);
  const state = join(root, 'var/lib/aufswatch');
  const { output, status } = runHook(join(root, POST_EMERGE), ['x'], { AUFSWATCH_STATE: state });
  assert.deepEqual({ output, status }, { output: 'mine x\n', status: 3 });
});

test('hooks and a block of another version are updated in place', () => {
  const root = machine({ [BASHRC]: 'A=1\n' });
  setup(root);
  const whole = listing(root);
  writeFileSync(join(root, HOOKS[0] ?? ''), '#!/bin/bash\n# aufswatch: of long ago\n');
  assert.match(
    aufswatch(['doctor', '--root', root]).out,
    /the hook in bashrc is not the one of this version/,
  );
  const block = read(root, BASHRC).replace(/^if .*$/m, 'source /old/place');
  writeFileSync(join(root, BASHRC), `${block}B=2\n`, 'latin1');
  assert.match(aufswatch(['doctor', '--root', root]).out, /the hook in bashrc is not in place/);
  setup(root);
  writeFileSync(join(root, BASHRC), read(root, BASHRC).replace(/B=2\n$/, ''), 'latin1');
  assert.deepEqual(listing(root), whole);
});

test('files that the user added stay, and so does a changed configuration', () => {
  const root = machine();
  setup(root);
  layOut(root, { 'etc/portage/bin/other': 'x', 'etc/conf.d/aufswatch': 'AUFSWATCH_ARGS="--debug"\n' });
  setup(root);
  assert.match(read(root, 'etc/conf.d/aufswatch'), /--debug/);
  assert.match(setup(root, '--remove'), /leave \/etc\/conf.d\/aufswatch: it was changed/);
  assert.ok(existsSync(join(root, 'etc/portage/bin/other')));
  assert.ok(existsSync(join(root, 'etc/conf.d/aufswatch')));
});

test('a file that cannot be changed is named in one line', { skip: AS_ROOT }, () => {
  const root = machine({ [`${POST_EMERGE}/x`]: '' });
  assert.match(setup(root), /leave \/etc\/portage\/bin\/post_emerge: it is a directory/);
  const asOther = aufswatch(['setup', '--root', machine()], { uid: 65_534 });
  assert.equal(asOther.status, 1);
  assert.match(asOther.error, /^aufswatch: .*(EACCES|no such directory).*\n$/);
});

/** This directory exists on every system: setup creates only its own directory in it. */
const USUAL = { 'var/lib/portage/world': '' };

test('if setup is killed before it could record a new directory, the next run has the same result', () => {
  const [whole, cut] = [machine({ [BASHRC]: 'A=1\n', ...USUAL }), machine({ [BASHRC]: 'A=1\n', ...USUAL })];
  const before = listing(cut);
  setup(whole);
  mkdirSync(join(cut, 'var/lib/aufswatch'), 0o750);
  setup(cut);
  assert.deepEqual(listing(cut), listing(whole));
  setup(cut, '--remove');
  assert.deepEqual(listing(cut), before);
});

test('if setup is killed at any point, the next run has the same result', async () => {
  const whole = machine({ [BASHRC]: 'A=1\n', [POST_EMERGE]: '#!/bin/sh\n', ...USUAL });
  const before = listing(whole);
  setup(whole);
  const wanted = listing(whole);
  for (let delay = 40; delay <= 120; delay += 8) {
    const root = machine({ [BASHRC]: 'A=1\n', [POST_EMERGE]: '#!/bin/sh\n', ...USUAL });
    const child = spawn(process.execPath, [PROGRAM, 'setup', '--root', root], { stdio: 'ignore' });
    const ended = new Promise((resolve) => child.on('exit', resolve));
    setTimeout(() => child.kill('SIGKILL'), delay);
    await ended;
    setup(root);
    // A file that was being written may be left under its temporary name, where it does no harm.
    assert.deepEqual(withoutTemporary(listing(root)), wanted, `killed after ${delay} ms`);
    setup(root, '--remove');
    assert.deepEqual(listing(root), before, `killed after ${delay} ms`);
  }
});

function withoutTemporary(lines: readonly string[]): string[] {
  return lines.filter((line) => !/\.\d+\.new /.test(line));
}
