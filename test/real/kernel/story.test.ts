import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import type { Published } from '../../../src/published/form.ts';
import { runPhase } from '../../hooks/run-phase.ts';
import { codesOf, type RunningDaemon, startDaemon } from '../../support/daemon.ts';
import { inotifyWatches } from '../../support/inotify.ts';
import { cpuTime, runTimed } from '../../support/process-cost.ts';
import { aufswatch } from '../../support/program.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import { BENCH, TREE_IN_WORKSHOP, WORKSHOP } from './cache.ts';
import { runInGuest } from './guest.ts';
import { keepRunning } from './keep-running.ts';
import { make, makeEnv, makeWords } from './make.ts';
import { type InstalledPackage, writePackage } from './package.ts';
import { applyPatches, patchFile, unpackSources } from './source-tree.ts';
import { PATCHES } from './variants.ts';

type Merged = Pick<InstalledPackage, 'category' | 'pf' | 'inherited'>;
const AUFS: Merged = { category: 'sys-fs', pf: 'aufs6-0_pre20240701', inherited: 'linux-mod-r1' };
const SOURCES: Merged = { category: 'sys-kernel', pf: 'gentoo-sources-6.1.192', inherited: 'kernel-2' };

/** Every finding that opens and resolves, stage by stage. */
const TRANSITIONS: readonly string[] = [
  // Patched.
  ...['kernel-not-rebuilt', 'next-boot-without-aufs', 'running-kernel-without-aufs'].map(opened),
  // Being compiled, compiled, installed.
  resolved('kernel-not-rebuilt'),
  opened('kernel-not-installed'),
  ...['kernel-not-installed', 'next-boot-without-aufs', 'running-kernel-without-aufs'].map(resolved),
  opened('reboot-pending'),
  // Booted.
  resolved('reboot-pending'),
  // Merged again: the patch is gone.
  ...['kernel-not-rebuilt', 'patch-reverted'].map(opened),
  // Being compiled, compiled, installed.
  resolved('kernel-not-rebuilt'),
  opened('kernel-not-installed'),
  resolved('kernel-not-installed'),
  ...['next-boot-without-aufs', 'reboot-pending'].map(opened),
  // Booted.
  resolved('reboot-pending'),
  opened('running-kernel-without-aufs'),
];

function opened(code: string): string {
  return `opened ${code}`;
}

function resolved(code: string): string {
  return `resolved ${code}`;
}

/**
 * The purpose of the program, from end to end: real sources, real patches, a real kernel that boots, and the daemon
 * beside it.
 */
suite('the story', () => {
  const root = WORKSHOP;
  const [tree, output] = [join(root, TREE_IN_WORKSHOP), join(root, 'output')];
  const work = temporaryDirectory();
  const notes: string[] = [];
  let release = '';
  let daemon: RunningDaemon;

  before(() => {
    for (const path of ['boot', 'etc', 'lib', 'output', 'patches', 'proc', 'run', 'sys', 'usr', 'var'])
      rmSync(join(root, path), { recursive: true, force: true });
    unpackSources();
    for (const name of PATCHES) put(patchFile(name), `patches/aufs6-${name}.patch`);
    // An installation has steps that take time; the story is not about the states between them.
    const settings = ['[settle]', 'quiet = "5s"', '[sources]', 'patch_directories = ["/patches"]'];
    write('etc/aufswatch.toml', [...settings, '[log]', 'level = "debug"', ''].join('\n'));
    write('etc/portage/make.conf', '');
    assert.equal(aufswatch(['setup', '--root', root]).status, 0);
    symlinkSync(TREE_IN_WORKSHOP, join(root, 'usr/src/linux'));
    merge(SOURCES, [`dir ${TREE_IN_WORKSHOP}`]);
    make(tree, output, ['aw_defconfig']);
    make(tree, output, ['linux', 'modules']);
    release = readFileSync(join(output, 'include/config/kernel.release'), 'utf8').trim();
    install();
  });

  after(() => {
    daemon?.signal('SIGKILL');
    for (const line of notes) process.stdout.write(`${line}\n`);
    rmSync(root, { recursive: true, force: true });
  });

  test('from a clean tree to a module that is refused as predicted', async () => {
    await boot('');
    daemon = startDaemon(root);
    await settled('nothing is wanted, nothing is wrong', []);

    // As the ebuild does it: the patch in pkg_setup, before anything is compiled.
    phase(
      'setup',
      AUFS,
      `for p in ${PATCHES.map(patchFile).join(' ')}; do patch -s -p1 -d "$KERNEL_DIR" -i "$p"; done`,
    );
    merge(AUFS, [modulePath()]);
    const patched = await settled('patched, and not compiled since', [
      'kernel-not-rebuilt',
      'next-boot-without-aufs',
      'running-kernel-without-aufs',
    ]);
    assert.match(titleOf(patched, 'kernel-not-rebuilt'), /by sys-fs\/aufs6-0_pre20240701/);

    // As on a user's machine, so that the daemon's share of it is realistic: the compiler's cache is empty.
    await compile({ CCACHE_DISABLE: '1' });
    await settled('compiled, and not installed', [
      'kernel-not-installed',
      'next-boot-without-aufs',
      'running-kernel-without-aufs',
    ]);
    compileModule();
    install();
    await settled('installed, and not booted', ['reboot-pending']);
    assert.match(aufswatch(['kernels', release, '--root', root]).out, /aufs .*loads/);

    assert.match(await boot(LOAD), /^status 0$/m);
    await settled('in sync', []);

    // As Portage does it: the files are the originals.
    phase('setup', SOURCES, ':');
    applyPatches(tree, PATCHES.toReversed(), 'reverse');
    merge(SOURCES, [`dir ${TREE_IN_WORKSHOP}`]);
    const reverted = await settled('the patch is gone', ['kernel-not-rebuilt', 'patch-reverted']);
    assert.match(titleOf(reverted, 'patch-reverted'), /sys-kernel\/gentoo-sources-6\.1\.192/);

    await compile();
    await settled('compiled without it, and not installed', ['kernel-not-installed', 'patch-reverted']);
    install();
    const doomed = await settled('the next boot loses AUFS', [
      'next-boot-without-aufs',
      'patch-reverted',
      'reboot-pending',
    ]);
    const foretold = doomed.findings.find(({ code }) => code === 'next-boot-without-aufs')?.text ?? '';
    const log = await boot(LOAD);
    assert.match(log, /^status 1$/m);
    const refusal = /(aufs: disagrees about version of symbol \w+)/.exec(foretold)?.[1];
    assert.ok(refusal !== undefined, foretold);
    assert.ok(log.includes(refusal), `predicted was ${refusal}, and the log is: ${log}`);
    await settled('it came as foretold', [
      'next-boot-without-aufs',
      'patch-reverted',
      'running-kernel-without-aufs',
    ]);
    assert.deepEqual(transitions().sort(), [...TRANSITIONS].sort());
  });

  /** Every finding that was opened, changed or resolved. */
  function transitions(): string[] {
    const { out } = aufswatch(['history', '--kind', 'finding', '--json', '--root', root]);
    const entries: { text: string; subject: string }[] = JSON.parse(out).entries;
    // `warning opened: The title`; the title is tested elsewhere.
    return entries.map(({ text, subject }) => `${text.split(':')[0]?.split(' ')[1]} ${subject}`);
  }

  async function settled(what: string, codes: readonly string[]) {
    const wanted = [...codes].sort();
    const published = await daemon.publishes(
      `${what}: ${wanted.join(', ') || 'nothing'}`,
      (published) => !published.busy && JSON.stringify(codesOf(published).sort()) === JSON.stringify(wanted),
      60_000,
    );
    notes.push(`${what}: ${wanted.join(', ') || 'nothing is wrong'}`);
    return published;
  }

  /** Compiles the tree beside the daemon, and records the time of both. */
  async function compile(env: NodeJS.ProcessEnv = {}): Promise<void> {
    const before = cpuTime(daemon.pid);
    const started = Date.now();
    const words = makeWords(tree, output, ['linux', 'modules']);
    const running = runTimed(['make', ...words], { ...makeEnv(), ...env });
    // make itself is invisible: it runs outside of this root. The files that it writes are visible.
    const hasBegun = (published: Published): boolean => !codesOf(published).includes('kernel-not-rebuilt');
    await daemon.publishes('a build is in progress', hasBegun, 120_000);
    const watches = inotifyWatches(daemon.pid);
    const built = await running;
    const own = cpuTime(daemon.pid) - before;
    const share = ((100 * own) / built).toFixed(2);
    const seconds = Math.round((Date.now() - started) / 1000);
    notes.push(
      `compiled in ${seconds} s: make ${built} ms, the daemon ${own} ms (${share} %), ${watches} watches`,
    );
  }

  function compileModule(): void {
    const modules = join(output, 'out-of-tree');
    cpSync(join(BENCH, 'modules'), modules, { recursive: true });
    make(tree, output, [`M=${modules}`, 'WITH_AUFS=m', 'modules']);
  }

  /** A phase of a merge, with the hook as it is shipped. */
  function phase(name: string, { category, pf, inherited }: Merged, body: string): void {
    const variables = {
      CATEGORY: category,
      PN: pf.replace(/-\d.*$/, ''),
      PF: pf,
      INHERITED: ` ${inherited}`,
      AUFSWATCH_STATE: join(root, 'var/lib/aufswatch'),
      KERNEL_DIR: tree,
    };
    mkdirSync(join(work, 'T'), { recursive: true });
    const { status, output: printed } = runPhase(work, { phase: name, variables, body });
    assert.equal(status, 0, printed);
  }

  /** make modules_install install, and the out-of-tree module in the tree that compiled it. */
  function install(): void {
    make(tree, output, [`INSTALL_MOD_PATH=${root}`, 'modules_install']);
    const directory = join(root, 'lib/modules', release);
    for (const [name, target] of [
      ['build', '/output'],
      ['source', TREE_IN_WORKSHOP],
    ] as const) {
      rmSync(join(directory, name), { force: true });
      symlinkSync(target, join(directory, name));
    }
    const module = join(output, 'out-of-tree/aufs.ko');
    if (existsSync(module)) put(module, modulePath());
    execFileSync('depmod', ['-b', root, '-F', join(output, 'System.map'), release], { timeout: 60_000 });
    put(join(output, 'linux'), `boot/vmlinuz-${release}`);
    put(join(output, 'System.map'), `boot/System.map-${release}`);
    put(join(output, '.config'), `boot/config-${release}`);
  }

  /** The message about the module in the guest. */
  const LOAD = `insmod '${root}'/lib/modules/*/misc/aufs.ko 2>&1; echo "status $?"; dmesg -S --notime`;

  function titleOf(published: Published, code: string): string {
    return published.findings.find((each) => each.code === code)?.title ?? '';
  }

  function modulePath(): string {
    return `/lib/modules/${release}/misc/aufs.ko`;
  }

  /** Boots the image in /boot, runs the script there, and copies the facts of that kernel under the root. */
  async function boot(script: string): Promise<string> {
    const image = join(root, 'boot', `vmlinuz-${release}`);
    const text = await runInGuest(image, `${script}\n${keepRunning(root)}`, join(root, 'guest'));
    if (daemon !== undefined) daemon.signal('SIGUSR1');
    return text;
  }

  let counter = 0;

  function merge(merged: Merged, contents: readonly string[]): void {
    const lines = contents.map((line) =>
      line.startsWith('/') ? `obj ${line} d41d8cd98f00b204e9800998ecf8427e 1` : line,
    );
    writePackage(root, { ...merged, contents: lines, counter: ++counter });
    phase('postinst', merged, ':');
  }

  function put(from: string, to: string): void {
    mkdirSync(dirname(join(root, to)), { recursive: true });
    cpSync(from, join(root, to));
  }

  function write(path: string, text: string): void {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
});
