import assert from 'node:assert/strict';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { HOUR, kernelOf } from '../../src/demo/in-sync.ts';
import { type Build, DEFAULT_OPTIONS } from '../../src/demo/kernel.ts';
import type { Machine } from '../../src/demo/machine.ts';
import { sourcesPackage } from '../../src/demo/packages.ts';
import { MODULE_PARTS } from '../../src/demo/patch-set.ts';
import { patchText } from '../../src/demo/source-text.ts';
import type { SourceTree } from '../../src/demo/tree.ts';
import { commandText, shellLine } from '../../src/model/command-text.ts';
import { PATCH_COMPONENTS, type PatchComponent } from '../../src/model/patch-component.ts';
import type { Verdict } from '../../src/model/verdict.ts';
import { selectCommand } from '../../src/verdict/select-command.ts';
import { rebuiltPackage } from '../support/demo/rebuilt.ts';
import { aufsSources, distributionKernel } from '../support/demo/routes.ts';
import { SCENARIOS } from '../support/demo/scenarios.ts';
import { judged, NOW, type Scene } from '../support/machines.ts';
import { IN_SYNC, neverPatched, TREE, withoutPackage, withPackage } from './catalogue/changes.ts';

/** Commands that fit one machine and not a similar one. */

const DISTRIBUTION: Machine = { ...distributionKernel(NOW), files: {} };

test('a distribution kernel without an image is installed by its package, and not compiled by hand', async () => {
  const [image] = DISTRIBUTION.boot.images;
  assert.ok(image !== undefined);
  const older = {
    ...image,
    name: 'vmlinuz-6.1.190-gentoo-dist',
    kernel: { ...image.kernel, version: '6.1.190' },
  };
  const machine = { ...DISTRIBUTION, boot: { images: [older], links: {} }, running: null };
  const commands = commandsOf(await verdictOf({ machine }));
  assert.ok(commands.includes('emerge --config sys-kernel/gentoo-kernel:6.1.192'), commands.join('\n'));
  assert.ok(!commands.includes('emerge --oneshot sys-kernel/gentoo-kernel:6.1.192'));
});

test('GRUB is updated for a kernel of another release, and for no other', async () => {
  const menu = 'grub-mkconfig -o /boot/grub/grub.cfg';
  const [older] = IN_SYNC.boot.images.filter(({ name }) => name.includes('6.1.191'));
  assert.ok(older !== undefined);
  const machine = { ...IN_SYNC, boot: { images: [older], links: {} } };
  const commands = commandsOf(await verdictOf({ machine }));
  assert.deepEqual(commands.slice(-2), [menu, 'reboot']);
  const another = { ...machine, boot: { ...machine.boot, menu: null } };
  assert.ok(!commandsOf(await verdictOf({ machine: another })).includes(menu), 'another boot loader');
  const again = SCENARIOS['config-changed'](NOW);
  assert.ok(!commandsOf(await verdictOf({ machine: again })).includes(menu), 'it is listed already');
});

test('gentoo-kernel-bin cannot be patched: gentoo-kernel replaces it, in world without its slot', async () => {
  const machine = comesCompiled(withoutAufs());
  const { plan } = await verdictOf({ machine: { ...machine, files: {} } });
  const at = plan.findIndex(({ stage }) => stage === 'build');
  assert.deepEqual(
    plan.slice(at, at + 2).map((step) => commandText(step)),
    [
      `emerge --deselect sys-kernel/gentoo-kernel-bin && ${COMPILE}`,
      'emerge --noreplace sys-kernel/gentoo-kernel',
    ],
  );
  assert.match(
    plan.map(({ why }) => why).join('\n'),
    /into \/etc\/portage\/patches\/sys-kernel\/gentoo-kernel \(sys-kernel\/gentoo-kernel-bin is a binary/,
  );
  // The patches for the new package are there already.
  const given = commandsOf(await verdictOf({ machine }));
  assert.ok(!given.includes(null), JSON.stringify(given));
});

test('a distribution kernel that got the patch set is configured and then compiled, once', async () => {
  const commands = commandsOf(await verdictOf({ machine: withoutAufs() }));
  assert.deepEqual(commands, [
    'mkdir -p /etc/kernel/config.d && echo CONFIG_AUFS_FS=m > /etc/kernel/config.d/aufs.config',
    COMPILE,
    'emerge --oneshot sys-fs/zfs-kmod',
    'reboot',
  ]);
});

const COMPILE = 'emerge --oneshot sys-kernel/gentoo-kernel:6.1.192';

/** The set was put under /etc/portage/patches after its kernel was compiled. */
function withoutAufs(): Machine {
  const machine = distributionKernel(NOW);
  const [tree] = machine.trees;
  assert.ok(tree?.build !== null && tree?.build !== undefined);
  const { AUFS_FS: _, ...config } = tree.build.kernel.config;
  const kernel: Build = { ...tree.build.kernel, patch: null, config };
  return {
    ...machine,
    trees: [
      {
        ...tree,
        patch: null,
        config: { options: config, at: tree.mergedAt },
        build: { ...tree.build, kernel },
      },
    ],
    packages: machine.packages.map((pkg) =>
      pkg.modules.length > 0 ? rebuiltPackage(pkg, kernel, NOW - HOUR) : pkg,
    ),
    boot: { ...machine.boot, images: machine.boot.images.map((image) => ({ ...image, kernel })) },
    releases: machine.releases.map((release) => ({ ...release, kernel })),
    running: null,
  };
}

function comesCompiled(machine: Machine): Machine {
  return {
    ...machine,
    packages: machine.packages.map((pkg) =>
      pkg.name === 'gentoo-kernel'
        ? { ...pkg, name: 'gentoo-kernel-bin', inherited: ['kernel-install', 'unpacker'] }
        : pkg,
    ),
    trees: machine.trees.map((tree) => ({ ...tree, owner: 'sys-kernel/gentoo-kernel-bin-6.1.192' })),
  };
}

test('a distribution kernel is configured in /etc/kernel/config.d', async () => {
  const { findings } = await verdictOf({ machine: notConfigured(distributionKernel(NOW)) });
  const found = findings.find(({ code }) => code === 'aufs-not-configured');
  assert.deepEqual(
    found?.remedy.slice(0, 2).map((step) => commandText(step)),
    [
      'mkdir -p /etc/kernel/config.d && echo CONFIG_AUFS_FS=m > /etc/kernel/config.d/aufs.config',
      'emerge --oneshot sys-kernel/gentoo-kernel:6.1.192',
    ],
  );
});

test('sources that have AUFS are configured for it, so that make asks no question', async () => {
  const { plan } = await verdictOf({ machine: notConfigured(aufsSources(NOW)) });
  assert.equal(
    commandsOf({ plan: plan.filter(({ stage }) => stage === 'config') })[0],
    `${AUFS_TREE}/scripts/config --file ${AUFS_TREE}/.config --module AUFS_FS && make -C ${AUFS_TREE} olddefconfig`,
  );
});

test('a kernel that is to build AUFS itself needs no module built by hand', async () => {
  for (const machine of [aufsSources(NOW), distributionKernel(NOW)]) {
    const { findings, plan } = await verdictOf({ machine: notConfigured(machine) });
    assert.ok(findings.some(({ code }) => code === 'aufs-not-configured'));
    assert.ok(!plan.some(({ why }) => why.startsWith('build the aufs module')), JSON.stringify(plan));
  }
});

const AUFS_TREE = '/usr/src/linux-6.1.192-aufs';

/** The same machine, with CONFIG_AUFS_FS not set for a month. */
function notConfigured(machine: Machine): Machine {
  const trees = machine.trees.map((tree) => {
    const { AUFS_FS: _, ...options } = tree.config?.options ?? {};
    return { ...tree, config: { options, at: NOW - 30 * 24 * HOUR } };
  });
  return { ...machine, trees };
}

test('if aufs is a module of the kernel and compiled, it is only to be installed', async () => {
  const machine = aufsSources(NOW);
  const [image] = machine.boot.images;
  assert.ok(image !== undefined);
  const older = { ...image, name: 'vmlinuz-6.1.190-aufs', kernel: { ...image.kernel, version: '6.1.190' } };
  const boot = { images: [older], links: {} };
  const commands = commandsOf(
    await verdictOf({ machine: withoutPackage('zfs-kmod', { ...machine, boot, running: null }) }),
  );
  // Its modules are there already.
  assert.deepEqual(commands.slice(0, 1), ['make -C /usr/src/linux-6.1.192-aufs install']);
});

test('the image is installed after the out-of-tree modules: its initramfs may need them', async () => {
  const order = [
    `make -C ${TREE} modules_install`,
    'emerge --oneshot @module-rebuild',
    `make -C ${TREE} install`,
    'reboot',
  ];
  const fromSources = commandsOf(await verdictOf({ machine: neverPatched() }));
  assert.deepEqual(fromSources.slice(-4), order);
});

test('modules that fit a kernel which is only to be installed are not built again', async () => {
  const machine = SCENARIOS['not-installed'](NOW);
  assert.deepEqual(commandsOf(await verdictOf({ machine })), [
    `make -C ${TREE} modules_install install`,
    'reboot',
  ]);
});

test('its package fails if /boot is not mounted, so the mount comes first', async () => {
  const machine: Machine = {
    ...DISTRIBUTION,
    fstab: ['/dev/sda1\t/boot\text4\tnoauto\t1 2'],
    running: null,
    boot: { images: [], links: {} },
    trees: DISTRIBUTION.trees.map((tree) => ({
      ...tree,
      config: tree.config && { options: { ...tree.config.options, XFS_FS: 'm' }, at: NOW - HOUR },
    })),
  };
  const commands = commandsOf(await verdictOf({ machine }));
  const [mount, emerge] = ['mount /boot', 'emerge --oneshot sys-kernel/gentoo-kernel:6.1.192'].map((line) =>
    commands.indexOf(line),
  );
  assert.ok(mount !== undefined && emerge !== undefined && mount >= 0 && mount < emerge, commands.join('\n'));
});

test('a kernel without modules has none to install', async () => {
  const { MODULES: _, ...config } = DEFAULT_OPTIONS;
  const kernel = { ...kernelOf('6.1.192', 4, NOW - 2 * HOUR, null), config };
  const plain = withoutPackage('aufs6', withoutPackage('zfs-kmod', withoutPackage('docker')));
  const trees = plain.trees.map((tree) =>
    tree.version === '6.1.192' && tree.build !== null
      ? {
          ...tree,
          patch: null,
          config: { options: config, at: NOW - 3 * HOUR },
          build: { ...tree.build, kernel },
        }
      : tree,
  );
  const commands = commandsOf(await verdictOf({ machine: { ...plain, docker: null, trees, running: null } }));
  assert.deepEqual(commands, ['make -C /usr/src/linux-6.1.192-gentoo install', 'reboot']);
});

test('a module that the running kernel would refuse does not replace the loaded one that works', async () => {
  const verdict = await verdictOf({ machine: SCENARIOS['module-will-not-load'](NOW) });
  const found = verdict.findings.find(({ code }) => code === 'module-not-reloaded');
  assert.match(
    found?.text ?? '',
    /^Do not reload it before the next boot: the running kernel refuses the new file/,
  );
  assert.ok(!commandsOf(verdict).some((command) => command?.startsWith('modprobe')));
});

test('sources are selected by name, wherever they are', async () => {
  assert.deepEqual(selectCommand('/usr/src/linux', '/usr/src/linux-6.1.191-gentoo').words, [
    'eselect',
    'kernel',
    'set',
    'linux-6.1.191-gentoo',
  ]);
  const elsewhere = selectCommand('/usr/src/linux', '/home/me/my linux');
  assert.equal(shellLine(elsewhere.words), "ln -sfn '/home/me/my linux' /usr/src/linux");
  const boot = { ...IN_SYNC.boot, links: { vmlinuz: 'vmlinuz-6.1.191-gentoo' } };
  const here = commandsOf(await verdictOf({ machine: { ...IN_SYNC, boot } }));
  assert.ok(here.includes('eselect kernel set linux-6.1.191-gentoo'), here.join('\n'));
  const trees = IN_SYNC.trees.filter(({ version }) => version === '6.1.192');
  const gone = await verdictOf({ machine: { ...IN_SYNC, boot, trees } });
  assert.match(gone.plan.map(({ why }) => why).join('\n'), /install the sources of 6\.1\.191-gentoo again/);
  const dangling = { target: 'linux-6.1.193-gentoo', at: NOW };
  assert.deepEqual(
    commandsOf(await verdictOf({ machine: { ...IN_SYNC, trees, selected: dangling } })).slice(0, 1),
    ['eselect kernel set linux-6.1.192-gentoo'],
  );
});

/** sys-fs/aufs4 and similar packages inherit the older eclass. */
function withLinuxMod(machine: Machine): Machine {
  return withPackage('aufs6', { inherited: ['linux-mod'] }, machine);
}

test('a package that patches sources in its setup phase needs a configuration and headers first', async () => {
  const aufs = 'emerge --oneshot sys-fs/aufs6';
  const prepare = `make -C ${NEW_TREE} modules_prepare`;
  const compile = `make -C ${NEW_TREE} -j"$(nproc)"`;
  const bare = await verdictOf({ machine: withLinuxMod(withNewSources({ config: null })) });
  assert.deepEqual(commandsOf(bare).slice(0, 4), [`make -C ${NEW_TREE} menuconfig`, prepare, aufs, compile]);
  assert.ok(!JSON.stringify(bare).includes('may end there'));
  const configured = await verdictOf({ machine: withLinuxMod(withNewSources({})) });
  assert.deepEqual(commandsOf(configured).slice(0, 3), [prepare, aufs, compile]);
  const compiled = commandsOf(await verdictOf({ machine: SCENARIOS.unpatched(NOW) }));
  assert.equal(compiled[0], aufs);
  const twice = commandsOf(await verdictOf({ machine: withNewSources({}) }));
  assert.deepEqual(twice.slice(0, 3), [compile, aufs, compile], 'linux-mod-r1 needs Module.symvers');
});

test('only the setup phase is run to patch, because the module cannot be built before the kernel', async () => {
  const machine = withLinuxMod(withNewSources({}));
  const aufs = machine.packages.find(({ name }) => name === 'aufs6');
  const ebuild = `/srv/overlay/sys-fs/aufs6/aufs6-${aufs?.version}.ebuild`;
  const files = {
    '/etc/portage/repos.conf': '[aufs-overlay]\nlocation = /srv/overlay\n',
    [ebuild]: 'EAPI=6\n',
  };
  const commands = commandsOf(await verdictOf({ machine: { ...machine, files } }));
  const compile = `make -C ${NEW_TREE} -j"$(nproc)"`;
  assert.deepEqual(commands.slice(1, 3), [`ebuild ${ebuild} clean setup`, compile]);
  assert.ok(commands.includes('emerge --oneshot @module-rebuild'), 'and the module is built later');
  const { plan } = await verdictOf({ machine });
  const step = plan.find(({ why }) => why.startsWith('patches the sources in its setup phase'));
  assert.match(step?.why ?? '', /if it fails later, while it builds the module, go on with the next step$/);
  // The existing kernel was patched, and exports what the module needs.
  const reverted = commandsOf(await verdictOf({ machine: { ...SCENARIOS.unpatched(NOW), files } }));
  assert.equal(reverted[0], 'emerge --oneshot sys-fs/aufs6');
});

test('sources that are patched by hand are configured after the patches', async () => {
  const { plan } = await verdictOf({ machine: withoutPackage('aufs6', withNewSources({ config: null })) });
  assert.match(plan[0]?.why ?? '', /^apply the aufs-standalone patches/);
  assert.equal(commandsOf({ plan })[1], `make -C ${NEW_TREE} menuconfig`);
});

const LOCAL_PATCH = { '/etc/portage/patches/sys-kernel/gentoo-sources/local.patch': 'a patch\n' };
const SOURCES = 'emerge --oneshot sys-kernel/gentoo-sources:6.1.192';

test('a merge of sources for a patch removes AUFS: it is applied again, with all later steps', async () => {
  const whole = [
    SOURCES,
    'emerge --oneshot sys-fs/aufs6',
    `make -C ${TREE} -j"$(nproc)"`,
    'emerge --oneshot @module-rebuild',
    'reboot',
  ];
  // In sync but for the patch; reverted as well; and with rejects, which the merge of the sources removes.
  for (const machine of [IN_SYNC, SCENARIOS.unpatched(NOW), SCENARIOS['half-patched'](NOW)]) {
    const verdict = await verdictOf({ machine: { ...machine, files: LOCAL_PATCH } });
    const commands = commandsOf(verdict);
    assert.deepEqual(
      commands.filter((command) => !command?.includes('install')),
      whole,
    );
  }
});

test('the sources are installed before they are prepared, and prepared before they are patched', async () => {
  const path = '/etc/portage/patches/sys-kernel/gentoo-sources/local.patch';
  const machine = { ...withLinuxMod(withNewSources({ config: null })), files: { [path]: 'a patch\n' } };
  assert.deepEqual(commandsOf(await verdictOf({ machine })).slice(0, 4), [
    'emerge --oneshot sys-kernel/gentoo-sources:6.1.193',
    `make -C ${NEW_TREE} menuconfig`,
    `make -C ${NEW_TREE} modules_prepare`,
    'emerge --oneshot sys-fs/aufs6',
  ]);
});

test('a patch set among the user’s patches is applied by Portage, not by hand', async () => {
  const unpatched = withoutPackage('aufs6', neverPatched());
  const withSet = (parts: readonly PatchComponent[]): Machine => ({
    ...unpatched,
    files: Object.fromEntries(
      parts.map((part) => [
        `/etc/portage/patches/sys-kernel/gentoo-sources/aufs6-${part}.patch`,
        patchText(part),
      ]),
    ),
  });
  const inTree = await verdictOf({ machine: withSet(PATCH_COMPONENTS) });
  assert.deepEqual(commandsOf(inTree).slice(0, 3), [
    SOURCES,
    `${TREE}/scripts/config --file ${TREE}/.config --module AUFS_FS && make -C ${TREE} olddefconfig`,
    `make -C ${TREE} -j"$(nproc)"`,
  ]);
  assert.ok(!commandsOf(inTree).includes(null));
  const apart = await verdictOf({ machine: withSet(MODULE_PARTS) });
  assert.deepEqual(commandsOf(apart).slice(0, 2), [SOURCES, `make -C ${TREE} -j"$(nproc)"`]);
  // A patch for fs/Kconfig alone changes nothing in the kernel.
  const incomplete = await verdictOf({ machine: withSet(['kbuild']) });
  assert.match(JSON.stringify(incomplete.plan), /apply the aufs-standalone patches/);
});

const NEW_TREE = '/usr/src/linux-6.1.193-gentoo';

/** 6.1.193 was merged and selected an hour ago, and is not compiled. */
function withNewSources(change: Partial<SourceTree>): Machine {
  const [tree] = IN_SYNC.trees;
  assert.ok(tree !== undefined);
  const sources: SourceTree = {
    ...tree,
    version: '6.1.193',
    owner: 'sys-kernel/gentoo-sources-6.1.193',
    mergedAt: NOW - HOUR,
    patch: null,
    build: null,
    ...change,
  };
  return {
    ...IN_SYNC,
    trees: [sources, ...IN_SYNC.trees],
    packages: [...IN_SYNC.packages, sourcesPackage('6.1.193', NOW - HOUR, 9)],
    selected: { target: 'linux-6.1.193-gentoo', at: NOW - HOUR },
  };
}

test('if no sources are left, those of the kernel that boots next are installed again', async () => {
  const noneLeft = (root: string): void => {
    rmSync(join(root, 'usr/src'), { recursive: true });
    mkdirSync(join(root, 'usr/src'));
  };
  assert.deepEqual(commandsOf(await verdictOf({ machine: withLinuxMod(IN_SYNC), change: noneLeft })), [
    SOURCES,
    'eselect kernel set linux-6.1.192-gentoo',
    `make -C ${TREE} menuconfig`,
    `make -C ${TREE} modules_prepare`,
    'emerge --oneshot sys-fs/aufs6',
    `make -C ${TREE} -j"$(nproc)"`,
    `make -C ${TREE} modules_install`,
    'emerge --oneshot @module-rebuild',
    `make -C ${TREE} install`,
    'reboot',
  ]);
  const older = { ...IN_SYNC, boot: { ...IN_SYNC.boot, links: { vmlinuz: 'vmlinuz-6.1.191-gentoo' } } };
  const [back] = commandsOf(await verdictOf({ machine: older, change: noneLeft }));
  assert.equal(back, 'emerge --oneshot sys-kernel/gentoo-sources:6.1.191');
  const none = withoutPackage('gentoo-sources');
  assert.deepEqual(commandsOf(await verdictOf({ machine: none, change: noneLeft })).slice(0, 3), [
    'emerge sys-kernel/gentoo-sources',
    'eselect kernel set 1',
    'make -C /usr/src/linux menuconfig',
  ]);
  const ready = commandsOf(await verdictOf({ machine: distributionKernel(NOW), change: noneLeft }));
  assert.deepEqual(ready, [
    COMPILE,
    'eselect kernel set linux-6.1.192-gentoo-dist',
    'emerge --oneshot sys-fs/zfs-kmod',
    'reboot',
  ]);
});

test('what must be built is not installed from a binary package, even if emerge is set to use them', async () => {
  const makeConf = { '/etc/portage/make.conf': 'EMERGE_DEFAULT_OPTS="--getbinpkg --quiet"\n' };
  const reverted = commandsOf(await verdictOf({ machine: { ...SCENARIOS.unpatched(NOW), files: makeConf } }));
  assert.deepEqual(
    reverted.filter((command) => command?.startsWith('emerge')),
    [
      "emerge --oneshot --usepkg-exclude '*/*' sys-fs/aufs6",
      "emerge --oneshot --usepkg-exclude '*/*' @module-rebuild",
    ],
  );
  const machine = withoutAufs();
  const compiled = await verdictOf({ machine: { ...machine, files: { ...machine.files, ...makeConf } } });
  assert.ok(
    commandsOf(compiled).includes("emerge --oneshot --usepkg-exclude '*/*' sys-kernel/gentoo-kernel:6.1.192"),
  );
});

async function verdictOf(scene: Scene): Promise<Verdict> {
  return (await judged(scene)).verdict;
}

function commandsOf({ plan }: Pick<Verdict, 'plan'>): (string | null)[] {
  return plan.map((step) => commandText(step));
}
