import assert from 'node:assert/strict';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { builtTree, DAY, HOUR, kernelOf, releaseFor } from '../../src/demo/in-sync.ts';
import { type Build, releaseOf } from '../../src/demo/kernel.ts';
import type { Machine } from '../../src/demo/machine.ts';
import { dockerPackage, zfsPackage } from '../../src/demo/packages.ts';
import { commandText } from '../../src/model/command-text.ts';
import type { Verdict } from '../../src/model/verdict.ts';
import { distributionKernel } from '../support/demo/routes.ts';
import { judged, NOW, type Scene } from '../support/machines.ts';
import { IN_SYNC, TREE, withDriver, withoutPackage, withPackage } from './catalogue/changes.ts';

/** Everyday situations of Gentoo machines, in addition to the machines of the catalogue. */

test('a machine that boots from elsewhere gets no advice to install its kernel', async () => {
  const elsewhere = { ...IN_SYNC, fstab: [], boot: { images: [], links: {} } };
  assert.equal(textOf(await verdictOf({ machine: elsewhere }), 'kernel-not-installed'), null);
  const chroot = await verdictOf({ machine: { ...elsewhere, running: null } });
  assert.match(textOf(chroot, 'kernel-not-installed') ?? '', /^There is no kernel image in \/boot\./);
});

test('if only /efi is not mounted, /efi is to be mounted', async () => {
  const fstab = ['/dev/sda1\t/efi\tvfat\tnoauto,umask=0077\t0 2'];
  const away: Machine = { ...IN_SYNC, fstab, boot: { images: [], links: {} } };
  assert.deepEqual(commandsOf(await verdictOf({ machine: away })), ['mount /efi']);
});

test('after make clean nothing is due; after make mrproper no module can be built', async () => {
  const cleaned = await verdictOf({ machine: IN_SYNC, change: makeClean });
  assert.equal(textOf(cleaned, 'kernel-never-built'), null);
  assert.equal(cleaned.links.find(({ name }) => name === 'build')?.mark, 'ok');
  const proper = await verdictOf({ machine: IN_SYNC, change: makeMrproper });
  assert.match(textOf(proper, 'kernel-never-built') ?? '', /the build files that modules need are gone/);
  assert.doesNotMatch(JSON.stringify(proper), /never (been )?compiled/);
});

test('between a new kernel and the reboot, the modules of the old kernel are not to be built again', async () => {
  const verdict = await verdictOf({ machine: upgraded() });
  assert.match(textOf(verdict, 'module-missing') ?? '', /no spl module/);
  assert.deepEqual(commandsOf(verdict), ['reboot']);
});

test('for a kernel that is only to be installed, its modules are built, not those of the previous one', async () => {
  const kernel = kernelOf('6.1.193', 1, NOW - 3 * HOUR, null);
  const plain = withoutPackage('aufs6', withoutPackage('docker', IN_SYNC));
  const { trees, selected } = upgradedTo(kernel);
  const machine: Machine = {
    ...plain,
    trees,
    selected,
    docker: null,
    removed: [ZFS],
    running: unused(plain),
  };
  assert.deepEqual(commandsOf(await verdictOf({ machine })), [
    'make -C /usr/src/linux-6.1.193-gentoo modules_install',
    'emerge --oneshot sys-fs/zfs-kmod',
    'make -C /usr/src/linux-6.1.193-gentoo install',
    'grub-mkconfig -o /boot/grub/grub.cfg',
    'reboot',
  ]);
});

test('if no package builds aufs, its module is built by hand', async () => {
  const { plan } = await verdictOf({ machine: withoutPackage('aufs6') });
  assert.ok(
    plan.some(({ by, why }) => by === 'hand' && why.startsWith(`build the aufs module`)),
    JSON.stringify(plan),
  );
});

test('another storage driver is recommended if the present one stops working', async () => {
  const docker = IN_SYNC.docker && { ...IN_SYNC.docker, daemonJson: null, confD: 'DOCKER_OPTS="-s vfs"\n' };
  const { plan } = await verdictOf({ machine: { ...IN_SYNC, docker } });
  assert.match(
    plan.map(({ why }) => why).join(' '),
    /set the storage driver to overlay2 in DOCKER_OPTS in \/etc\/conf\.d\/docker and restart Docker/,
  );
});

test('a storage driver that Docker was built without is added before it is configured', async () => {
  const vfs = withDriver('vfs');
  const flags = { version: '28.4.0', iuse: ['btrfs', '+overlay2'] };
  const planWith = async (use: readonly string[]) => {
    const { plan } = await verdictOf({ machine: withPackage('docker', { ...flags, use }, vfs) });
    return plan.map((step) => commandText(step) ?? step.why);
  };
  const requested =
    'set "storage-driver": "overlay2" in /etc/docker/daemon.json and restart Docker: vfs copies everything for each layer';
  const images =
    'save the images that you still need with docker save, while Docker still uses vfs: another driver does not see those in /var/lib/docker/vfs';
  assert.deepEqual(await planWith(['overlay2']), [images, requested]);
  assert.deepEqual(await planWith([]), [
    'add "app-containers/docker overlay2" to /etc/portage/package.use: Docker was built without overlay2',
    'emerge --oneshot app-containers/docker',
    images,
    requested,
  ]);
});

test('an engine that no longer has aufs keeps no layers of it on btrfs', async () => {
  const mounts = IN_SYNC.running?.mounts.map((mount) =>
    mount.point === '/var/lib/docker' ? { ...mount, type: 'btrfs' } : mount,
  );
  const onBtrfs = { ...IN_SYNC, running: IN_SYNC.running && { ...IN_SYNC.running, mounts: mounts ?? [] } };
  const codesWith = async (machine: Machine) => {
    const { findings } = await verdictOf({ machine });
    return findings.map(({ code }) => code).filter((code) => code.startsWith('docker-'));
  };
  assert.deepEqual(await codesWith(onBtrfs), ['docker-aufs-on-btrfs']);
  const removed = withPackage('docker', { version: '28.4.0' }, onBtrfs);
  assert.deepEqual(await codesWith(removed), ['docker-driver-removed']);
});

test('a distribution kernel is compiled again in its own slot', async () => {
  const machine = distributionKernel(NOW);
  const path = '/etc/portage/patches/sys-kernel/gentoo-kernel/local.patch';
  const patched = { ...machine, files: { ...machine.files, [path]: 'a patch\n' } };
  assert.deepEqual(commandsOf(await verdictOf({ machine: patched })), [
    'emerge --oneshot sys-kernel/gentoo-kernel:6.1.192',
    'emerge --oneshot sys-fs/zfs-kmod',
    'reboot',
  ]);
});

test('a patch does not help the kernel that is kept as a fallback', async () => {
  const path = '/etc/portage/patches/sys-kernel/gentoo-sources/local.patch';
  const verdict = await verdictOf({ machine: { ...IN_SYNC, files: { [path]: 'a patch\n' } } });
  const pending = verdict.findings.filter(({ code }) => code === 'user-patches-pending');
  assert.deepEqual(
    pending.map(({ subject }) => subject),
    ['sys-kernel/gentoo-sources-6.1.192'],
  );
});

test('a kernel that was compiled with clang is compiled with clang again', async () => {
  const clang = { CC_IS_CLANG: 'y', LD_IS_LLD: 'y' };
  const [first] = await withBuiltOptions(clang);
  assert.equal(first, `make -C ${TREE} LLVM=1 -j"$(nproc)"`);
  const [withBinutils] = await withBuiltOptions({ CC_IS_CLANG: 'y', LD_IS_BFD: 'y' });
  assert.equal(withBinutils, `make -C ${TREE} CC=clang -j"$(nproc)"`);
});

test('the patch state of a distribution kernel is the one that its kernel shows', async () => {
  const patched = await verdictOf({ machine: distributionKernel(NOW) });
  assert.deepEqual(sourcesOf(patched), ['ok', 'patched, as its kernel shows']);
  const machine = distributionKernel(NOW);
  const trees = machine.trees.map((tree) => ({
    ...tree,
    build: tree.build && { ...tree.build, kernel: { ...tree.build.kernel, patch: null } },
  }));
  const without = await verdictOf({ machine: { ...machine, trees } });
  assert.deepEqual(sourcesOf(without), ['broken', 'its kernel shows none of the patches']);
});

test('images of aufs that a newer Docker ignores do not make AUFS wanted', async () => {
  const plain = withoutPackage('aufs6', withoutPackage('docker'));
  const machine: Machine = {
    ...plain,
    packages: [...plain.packages, dockerPackage('28.4.0', NOW - DAY, 9)],
    docker: plain.docker && { ...plain.docker, daemonJson: null, drivers: ['aufs'] },
    running: unused(plain),
  };
  const verdict = await verdictOf({ machine });
  assert.deepEqual(verdict.wanted, { answer: 'no', because: [], hints: [] });
  const found = verdict.findings.find(({ code }) => code === 'docker-driver-removed');
  assert.equal(found?.severity, 'notice');
  assert.equal(found.title, 'Docker 28.4.0 does not see the images in /var/lib/docker/aufs');
});

test('unknown sources, and a kernel of them without AUFS: they must be patched first', async () => {
  const kernel = kernelOf('6.12.31', 1, NOW - 2 * DAY, null);
  const { trees, boot, selected } = upgradedTo(kernel);
  const verdict = await verdictOf({ machine: { ...IN_SYNC, trees, boot, selected } });
  assert.equal(verdict.links[0]?.mark, 'unknown');
  assert.match(commandsOf(verdict)[0] ?? '', /^emerge --oneshot sys-fs\/aufs6$/);
});

/** The plan if the configuration was changed after the kernel was compiled with these options. */
async function withBuiltOptions(options: Record<string, string>): Promise<(string | null)[]> {
  const trees = IN_SYNC.trees.map((tree) => ({
    ...tree,
    config: tree.config && { options: { ...tree.config.options, ...options, XFS_FS: 'm' }, at: NOW - HOUR },
    build: tree.build && {
      ...tree.build,
      kernel: { ...tree.build.kernel, config: { ...tree.build.kernel.config, ...options } },
    },
  }));
  return commandsOf(await verdictOf({ machine: { ...IN_SYNC, trees } }));
}

function makeClean(root: string): void {
  const tree = join(root, TREE);
  const objects = readdirSync(tree, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.[oa]$/.test(name),
  );
  for (const path of ['vmlinux', 'System.map', 'arch/x86/boot/bzImage', ...objects])
    rmSync(join(tree, path), { force: true });
}

function makeMrproper(root: string): void {
  makeClean(root);
  for (const path of ['.config', 'Module.symvers', 'include/config', 'include/generated'])
    rmSync(join(root, TREE, path), { recursive: true, force: true });
}

/** 6.1.193 is installed with its modules, and 6.1.192 still runs, with no module of its own left or loaded. */
function upgraded(): Machine {
  const kernel = kernelOf('6.1.193', 1, NOW - 3 * HOUR, null);
  const plain = withoutPackage('aufs6', withoutPackage('docker', withoutPackage('zfs-kmod')));
  return {
    ...plain,
    ...upgradedTo(kernel),
    packages: [...plain.packages, zfsPackage(kernel, NOW - HOUR, 9)],
    releases: [releaseFor(kernel), ...plain.releases.map((release) => ({ ...release, unowned: [] }))],
    docker: null,
    running: unused(plain),
  };
}

const ZFS = '/lib/modules/6.1.192-gentoo/extra/zfs.ko';

/** The running kernel without a module that packages build, and without a mount of aufs. */
function unused({ running }: Machine): Machine['running'] {
  return (
    running && {
      ...running,
      loaded: [],
      mounts: running.mounts.filter(({ type }) => type !== 'aufs'),
    }
  );
}

/** The tree of this kernel is selected, and its image installed. */
function upgradedTo(kernel: Build): Pick<Machine, 'trees' | 'boot' | 'selected'> {
  const release = releaseOf(kernel);
  return {
    trees: [builtTree(kernel, kernel.at - HOUR), ...IN_SYNC.trees],
    boot: {
      ...IN_SYNC.boot,
      images: [...IN_SYNC.boot.images, { name: `vmlinuz-${release}`, kernel, at: kernel.at + HOUR / 4 }],
    },
    selected: { target: `linux-${release}`, at: kernel.at - HOUR },
  };
}

async function verdictOf(scene: Scene): Promise<Verdict> {
  return (await judged(scene)).verdict;
}

/** The text of a finding; null: there is none. */
function textOf({ findings }: Verdict, code: string): string | null {
  const found = findings.find((finding) => finding.code === code);
  return found === undefined ? null : found.text;
}

function sourcesOf({ links }: Verdict): (string | undefined)[] {
  const link = links.find(({ name }) => name === 'sources');
  return [link?.mark, link?.reason];
}

function commandsOf({ plan }: Verdict): (string | null)[] {
  return plan.map((step) => commandText(step));
}
