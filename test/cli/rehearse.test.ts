import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, suite, test } from 'node:test';
import { kernelOf, OLD_SET } from '../../src/demo/in-sync.ts';
import { layOutDemo } from '../../src/demo/lay-out-demo.ts';
import { moduleFile } from '../../src/demo/module.ts';
import { zfsModule } from '../../src/demo/out-of-tree.ts';
import { newcArchive } from '../../src/rehearsal/newc.ts';
import { runProgram } from '../support/cli.ts';
import { playedQemu } from '../support/played-qemu.ts';
import { PROGRAM } from '../support/program.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { needs } from '../support/tools.ts';
import { until } from '../support/wait.ts';

const KERNEL = "report('kernel 6.1.192-gentoo ' + UTS + ' logs');";
/** Every line of the job succeeds, except those whose number is in ERRORS. */
const DOES = `job.forEach((line, n) => {
  report('begin ' + n);
  for (const text of MESSAGES[n] ?? []) report('log 4,1,1,-;' + text);
  report('end ' + n + ' ' + (ERRORS[n] ?? 0));
});
report('done ' + job.length);`;

const skip = process.arch === 'x64' ? needs('setpriv', 'nice') : 'plays the QEMU of x86-64';

suite('aufswatch rehearse', { skip }, () => {
  const directory = temporaryDirectory();
  const root = join(directory, 'root');
  let uts = '';
  let count = 0;

  before(() => {
    assert.ok(layOutDemo(root, Date.now()).ok);
    const image = readFileSync(join(root, 'boot/vmlinuz-6.1.192-gentoo'), 'latin1');
    uts = / (#\d+ [^\0]*)\0/.exec(image)?.[1] ?? '';
  });

  /** A PATH with a QEMU in which modules, by their number, end with these errors and messages. */
  function qemu(errors: Record<number, number> = {}, messages: Record<number, string[]> = {}): string {
    const words = Object.fromEntries(Object.entries(messages).map(([n, lines]) => [n, lines.map(encodeURI)]));
    const facts = `const UTS = ${JSON.stringify(encodeURI(uts))}, ERRORS = ${JSON.stringify(errors)}, MESSAGES = ${JSON.stringify(words)};`;
    return playedQemu(directory, `qemu-${count++}`, `${facts} ${KERNEL} ${DOES}`);
  }

  function rehearse(path: string, ...words: readonly string[]) {
    return runProgram(['rehearse', '--root', root, ...words], { PATH: path });
  }

  function rehearseIn(place: string, path: string) {
    return runProgram(['rehearse', '--root', place, '--module', 'zfs'], { PATH: path });
  }

  test('a predicted refusal: exit status 2, and the message of the kernel', () => {
    const messages = { 0: ['aufs: disagrees about version of symbol module_layout'] };
    const { exit, out } = rehearse(qemu({ 0: 8, 3: 19 }, messages));
    assert.equal(exit, 2, out);
    assert.match(out, /^aufs +refused +refused +aufs: disagrees about version of symbol module_layout$/m);
    assert.match(out, /^zfs +loads +loads$/m);
    assert.match(out, /aufs: it cannot use aufs \(ENODEV\)/);
    assert.doesNotMatch(out, /was wrong/);
  });

  test('if all load: exit status 0', () => {
    const { exit, out } = rehearse(qemu(), '--module', 'zfs', 'spl');
    assert.equal(exit, 0, out);
    assert.deepEqual(out.match(/^(zfs|spl) +loads +loads$/gm)?.length, 2);
  });

  test('an init that fails because a device is missing is no refusal', () => {
    const { exit, out } = rehearse(
      qemu({ 0: 19 }, { 0: ['calling  spl_init+0x0/0x10 [spl] @ 1'] }),
      '--module',
      'spl',
    );
    assert.equal(exit, 0, out);
    assert.match(out, /^spl +loads +loads +its init fails \(ENODEV\)/m);
  });

  test('a predicted refusal that did not happen is called a bug of the program', () => {
    const { exit, out } = rehearse(
      qemu({ 0: 2 }, { 0: ['spl: Unknown symbol panic (err -2)'] }),
      '--module',
      'spl',
    );
    assert.equal(exit, 2, out);
    assert.match(out, /The program was wrong about spl/);
  });

  test('another kernel than the one in the image proves nothing: exit status 3', () => {
    const other = playedQemu(
      directory,
      'other',
      `report('kernel 6.1.192-gentoo #9%20SMP logs'); const ERRORS = {}, MESSAGES = {}; ${DOES}`,
    );
    const { exit, err } = rehearse(other);
    assert.equal(exit, 3);
    assert.match(err, /not rehearsed: .*6\.1\.192-gentoo #9 SMP, and not #3/);
  });

  test('the result as JSON', () => {
    const { exit, out } = rehearse(qemu(), '--module', 'zfs', '--json');
    assert.equal(exit, 0, out);
    const answer: unknown = JSON.parse(out);
    assert.deepEqual(answer, {
      schema: 1,
      kernel: '6.1.192-gentoo #3',
      image: '/boot/vmlinuz-6.1.192-gentoo',
      status: 0,
      recorded: false,
      modules: [
        { module: 'zfs', foretold: 'loads', seen: 'loads', contradicts: false, words: '', initramfs: null },
      ],
      aufs: null,
    });
  });

  test('what cannot be rehearsed is reported with the reason: exit status 3', () => {
    assert.match(rehearse(directory).err, /not rehearsed: qemu-system-x86_64 is not there/);
    assert.equal(rehearse(directory).exit, 3);
    assert.match(
      rehearse(qemu(), '--kernel', '9.9.9').err,
      /not rehearsed: there is no kernel image 9\.9\.9/,
    );
  });

  test('a mistake of the user starts no rehearsal', () => {
    assert.match(rehearse(qemu(), '--module', 'nosuch').err, /there is no module nosuch in/);
    assert.match(rehearse(qemu(), '--timeout', 'soon').err, /--timeout: a time of at most an hour/);
    assert.equal(rehearse(qemu(), '--timeout', '2d').exit, 1);
  });

  test('a module in the initramfs is loaded instead of the one on disk, and the output says so', () => {
    const other = join(directory, 'with-initramfs');
    cpSync(root, other, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
    const kernel = kernelOf('6.1.191', 2, Date.now(), OLD_SET);
    const member = 'lib/modules/6.1.192-gentoo/extra/zfs.ko';
    const archive = newcArchive([{ path: member, content: moduleFile(zfsModule(kernel)) }]);
    writeFileSync(join(other, 'boot/initramfs.img'), archive);
    const entry = 'linux /vmlinuz-6.1.192-gentoo root=/dev/sda3\n  initrd /initramfs.img';
    writeFileSync(join(other, 'boot/grub/grub.cfg'), `menuentry 'Gentoo' {\n  ${entry}\n}\n`);
    const refused = rehearseIn(other, qemu({ 1: 8 }, { 1: ['zfs: disagrees about version of symbol x'] }));
    assert.match(refused.out, /^zfs +refused +refused +zfs: disagrees/m, refused.out + refused.err);
    const text = refused.out.replaceAll(/\s+/g, ' ');
    assert.match(text, /Of zfs \/boot\/initramfs\.img holds another version than the disk\./);
    assert.doesNotMatch(rehearse(qemu(), '--module', 'zfs').out, /initramfs/);
  });

  test('the result is recorded, and reported from then on', () => {
    assert.equal(runProgram(['daemon', '--once', '--root', root]).exit, 0);
    const { exit, out } = rehearse(qemu(), '--json');
    assert.equal(exit, 0, out);
    assert.match(out, /"recorded": true/);
    const matrix = runProgram(['kernels', '--root', root]).out;
    assert.match(matrix, /^aufs +loads +loads$/m);
    // The prediction beside it is still that of the program alone.
    assert.match(rehearse(qemu()).out, /^aufs +refused +loads$/m);
  });

  for (const signal of ['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    test(`${signal} ends it without leaving a process or a file behind`, async () => {
      const place = join(directory, `tmp-${signal}`);
      mkdirSync(place, { mode: 0o700 });
      const path = playedQemu(
        directory,
        `hangs-${signal}`,
        "report('begin 0'); setInterval(() => {}, 1000);",
      );
      const mark = `hangs-${signal}/qemu-system-x86_64`;
      const env = { PATH: path, TMPDIR: place };
      const program = spawn(process.execPath, [PROGRAM, 'rehearse', '--root', root], {
        env,
        stdio: 'ignore',
      });
      const ended = new Promise((resolve) => program.on('exit', resolve));
      await until('QEMU runs', () => processesNaming(mark) > 0);
      program.kill(signal);
      await ended;
      await until('QEMU is gone', () => processesNaming(mark) === 0);
      assert.deepEqual(readdirSync(place), []);
    });
  }

  test('QEMU ends by its time limit if the program is killed before it is tied to it', async () => {
    const early = join(directory, 'early');
    mkdirSync(early);
    const path = playedQemu(directory, 'orphan', 'setInterval(() => {}, 1000);');
    // Waits until the program is killed.
    const slow = `#!${process.execPath}
const { existsSync } = require('node:fs');
const wait = setInterval(() => {
  if (!existsSync(__dirname)) process.exit();
  if (!existsSync(__dirname + '/killed')) return;
  clearInterval(wait);
  const path = process.env.PATH.slice(process.env.PATH.indexOf(':') + 1);
  require('node:child_process').spawn('setpriv', process.argv.slice(2), { stdio: ['inherit', 'inherit', 'inherit', 3, 4], env: { ...process.env, PATH: path } });
}, 20);
`;
    writeFileSync(join(early, 'setpriv'), slow, { mode: 0o755 });
    const env = { PATH: `${early}:${path}`, TMPDIR: early };
    const words = ['rehearse', '--root', root, '--timeout', '2s'];
    const program = spawn(process.execPath, [PROGRAM, ...words], { env, stdio: 'ignore' });
    const ended = new Promise((resolve) => program.on('exit', resolve));
    await until('setpriv waits', () => processesNaming(join(early, 'setpriv')) > 0);
    program.kill('SIGKILL');
    await ended;
    writeFileSync(join(early, 'killed'), '');
    const qemu = join(directory, 'orphan/qemu-system-x86_64');
    await until('QEMU runs', () => processesNaming(qemu) > 0);
    await until('QEMU is gone', () => processesNaming(qemu) === 0);
  });
});

/** The number of processes that have a word with this ending. */
function processesNaming(end: string): number {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
        .split('\0')
        .some((word) => word.endsWith(end));
    } catch {
      // It has ended meanwhile.
      return false;
    }
  }).length;
}
