import type { BuildFacts } from '../model/build.ts';
import type { RemedyStep } from '../model/finding.ts';
import type { InstalledPackage } from '../model/portage.ts';
import type { Tree } from '../model/tree.ts';
import { compiledBefore } from './compiled-before.ts';
import {
  compileDistribution,
  configureDistribution,
  installDistribution,
  patchDistribution,
} from './distribution-remedies.ts';
import { atom, emergeAgain, shellLine } from './emerge.ts';
import type { Situation } from './situation.ts';
import { holdsAufs, takesAufsSet, takesKbuild } from './user-patches.ts';

/** The commands that mend links, for one machine. Each is one line for a POSIX shell. */

const COMPILE = '-j"$(nproc)"';

/** Compile the kernel of a tree: its package for a distribution kernel, else make. */
function compileKernel(situation: Situation, tree: Tree, build: BuildFacts | null): RemedyStep[] {
  if (tree.kind === 'distribution') return compileDistribution(situation, tree);
  const achieves = [`build:${tree.path}`];
  const line = make(tree, build);
  return [{ command: `${line} ${COMPILE}`, why: 'compiles the kernel', stage: 'build', achieves }];
}

/**
 * From a compiled kernel to one that can be booted, with all of its modules. `make install` may make an initramfs
 * (installkernel with USE=dracut), and linux-mod-r1.eclass makes none anew but for distribution kernels: what the boot
 * needs of the out-of-tree modules, as zfs.ko for the root, has to be there before. They are built against what `make`
 * has left. The package of a distribution kernel installs all in its pkg_config (kernel-install.eclass).
 */
function installKernel(situation: Situation, tree: Tree, build: BuildFacts | null): RemedyStep[] {
  const modules = rebuildModules(situation);
  if (tree.kind === 'distribution')
    return [...mountBoot(situation), installDistribution(situation, tree), ...modules];
  const line = make(tree, build);
  const image: Omit<RemedyStep, 'command' | 'why'> = { stage: 'image', achieves: [`install:${tree.path}`] };
  const installImage = { command: `${line} install`, why: 'installs the image', ...image };
  // `make modules_install` ends with an error there.
  if (isWithoutModules(tree, build)) return [...mountBoot(situation), ...modules, installImage];
  const release = tree.release.known ? tree.release.value : tree.path;
  const own = [`modules:${tree.path}`, `depmod:${release}`];
  if (modules.length > 0) {
    const command = `${line} modules_install`;
    const installModules: RemedyStep = {
      command,
      why: 'installs the modules',
      stage: 'install',
      achieves: own,
    };
    return [...mountBoot(situation), installModules, ...modules, installImage];
  }
  const command = `${line} modules_install install`;
  const why = 'installs the modules and the image';
  return [...mountBoot(situation), { command, why, stage: 'install', achieves: [...image.achieves, ...own] }];
}

/** Is the kernel built with CONFIG_MODULES off? */
function isWithoutModules(tree: Tree, build: BuildFacts | null): boolean {
  const config =
    build?.builtConfig.known && build.configChanged.known && !build.configChanged.value
      ? build.builtConfig
      : tree.config;
  return config.known && config.value.options.MODULES !== 'y';
}

/** Mount /boot, or the EFI system partition, where fstab has it and it is not mounted. */
export function mountBoot(situation: Situation): RemedyStep[] {
  const { toMount } = situation.snapshot.boot;
  if (toMount === null) return [];
  const command = shellLine('mount', toMount);
  const stage = situation.tree?.kind === 'distribution' ? 'build' : 'install';
  return [{ command, why: 'the images are there', stage, achieves: [`mount:${toMount}`] }];
}

/** Build every out-of-tree module anew, for the kernel of the selected tree. */
export function rebuildModules(situation: Situation): RemedyStep[] {
  const owners = situation.snapshot.portage.packages.filter((installed) => buildsModules(installed));
  const byHand = buildAufsByHand(situation, owners);
  if (owners.length === 0) return byHand;
  const release = situation.tree?.release.known ? situation.tree.release.value : '';
  const step: Pick<RemedyStep, 'stage' | 'achieves'> = {
    stage: 'modules',
    achieves: [...owners.map((owner) => `module:${atom(owner)}`), `depmod:${release}`],
  };
  const [only] = owners;
  const names = owners.length === 1 && only !== undefined ? [atom(only)] : ['@module-rebuild'];
  return [
    emergeAgain(situation.snapshot.portage, names, 'builds the out-of-tree modules for that kernel', step),
    ...byHand,
  ];
}

/** Where AUFS is wanted, and neither a package nor the kernel itself builds it, now or once it is configured. */
function buildAufsByHand(situation: Situation, owners: readonly InstalledPackage[]): RemedyStep[] {
  const { tree, wanted } = situation;
  const configured = tree?.config.known === true && tree.config.value.options.AUFS_FS !== undefined;
  const inTree = configured || (tree !== null && holdsAufs(situation, tree));
  if (wanted.answer === 'no' || inTree || owners.some(({ kinds }) => kinds.includes('aufs'))) return [];
  const against = tree === null ? 'the kernel' : tree.path;
  const why = `build the aufs module of aufs-standalone against ${against} and install it: no package here does`;
  return [{ command: null, why, stage: 'modules', achieves: ['module:aufs'] }];
}

/** Does the package leave modules for one kernel, which the next one needs anew? */
export function buildsModules(installed: InstalledPackage): boolean {
  return installed.kinds.includes('module') || installed.kinds.includes('aufs');
}

/** The step that all others are there for; it ends a plan. */
export function reboot(why: string): RemedyStep {
  return { command: 'reboot', why, stage: 'boot', achieves: ['boot', 'reload'] };
}

/** From the sources as they stand to the running kernel. */
export function throughToBoot(situation: Situation, tree: Tree): RemedyStep[] {
  const build = situation.build;
  const compile = compileKernel(situation, tree, build);
  // A distribution kernel's package installs what it has compiled, and ends at once where /boot is not mounted.
  const made =
    tree.kind === 'distribution'
      ? [...mountBoot(situation), ...compile, ...rebuildModules(situation)]
      : [...compile, ...installKernel(situation, tree, build)];
  return [...made, ...intoBoot(situation, tree, 'starts the new kernel')];
}

/** From a kernel that is compiled to one that runs. */
export function installAndBoot(
  situation: Situation,
  tree: Tree,
  build: BuildFacts,
  why = 'starts the new kernel',
): RemedyStep[] {
  return [...installKernel(situation, tree, build), ...intoBoot(situation, tree, why)];
}

/** From a kernel that is installed to one that runs. */
function intoBoot(situation: Situation, tree: Tree, why: string): RemedyStep[] {
  return [...listInMenu(situation, tree), reboot(why)];
}

/**
 * GRUB starts what its menu lists, by name: a kernel of another release than those in /boot must be put there.
 * installkernel does so with USE=grub alone.
 */
function listInMenu({ snapshot: { boot } }: Situation, { release }: Tree): RemedyStep[] {
  if (boot.grubMenu === null || !release.known || !boot.images.known) return [];
  const listed = boot.images.value.map(({ identity }) => identity.release);
  if (listed.some((other) => !other.known || other.value === release.value)) return [];
  const command = shellLine('grub-mkconfig', '-o', boot.grubMenu);
  return [
    {
      command,
      why: 'lists the new kernel in the boot menu',
      stage: 'menu',
      achieves: [`menu:${release.value}`],
    },
  ];
}

/** Put the AUFS patches into the selected tree, by whatever brings them on this machine. */
export function patchSources(situation: Situation, tree: Tree): RemedyStep[] {
  const { packages } = situation.snapshot.portage;
  const achieves = [`patch:${tree.path}`];
  if (tree.kind === 'distribution') return patchDistribution(situation, tree);
  const owner = packages.find((installed) => installed.cpv === tree.owner);
  if (owner !== undefined && takesAufsSet(situation, tree)) return bringSources(situation, tree, owner);
  const patching = patchingPackage(situation);
  if (patching !== null) {
    const patch = emergeAgain(
      situation.snapshot.portage,
      [atom(patching)],
      'patches the sources in its setup phase',
      {
        stage: 'patch',
        achieves,
      },
    );
    return [...prepareSources(situation, tree, patching), patch];
  }
  const ownSources = packages.filter((installed) => installed.name === 'aufs-sources');
  const sources = ownSources.find((installed) => installed.cpv === tree.owner) ?? ownSources[0];
  if (sources !== undefined) {
    return [
      emergeAgain(situation.snapshot.portage, [atom(sources)], 'brings sources with the patches applied', {
        stage: 'sources',
        achieves,
      }),
    ];
  }
  const patch = packages.find((installed) => installed.kinds.includes('aufs'))?.patches[0];
  if (patch !== undefined) {
    const directory = patch.slice(0, patch.lastIndexOf('/'));
    const why = `apply the patches in ${directory} to ${tree.path} with patch -p1`;
    return [{ command: null, why, stage: 'patch', achieves }];
  }
  const why = `apply the aufs-standalone patches for this kernel series to ${tree.path}`;
  return [{ command: null, why, stage: 'patch', achieves }];
}

/**
 * Merge the sources of a tree again: Portage brings the original files back, with the patches of the user's for them
 * (eapply_user, portage(5)). What anything else had patched must be patched anew.
 */
export function bringSources(situation: Situation, tree: Tree, owner: InstalledPackage): RemedyStep[] {
  const patch = `patch:${tree.path}`;
  const takesSet = takesAufsSet(situation, tree);
  const patched = takesSet || owner.name === 'aufs-sources';
  const again = emergeAgain(
    situation.snapshot.portage,
    [atom(owner)],
    'brings the sources with the patches for them',
    {
      stage: 'sources',
      achieves: [`user-patch:${owner.cpv}`, ...(patched ? [patch] : [])],
    },
  );
  if (takesSet) return [again, ...configureGiven(situation, tree)];
  if (patched || situation.wanted.answer === 'no') return [again];
  // More than any other step: putting in what was rejected before is of no use to original files.
  const anew = patchSources(situation, tree).map((step) =>
    step.achieves.includes(patch) ? { ...step, achieves: [...step.achieves, `again:${tree.path}`] } : step,
  );
  return [again, ...anew];
}

/** Sources that are only now given AUFS itself have it configured by nobody yet. */
function configureGiven(situation: Situation, tree: Tree): RemedyStep[] {
  const { packages } = situation.snapshot.portage;
  const isDue =
    situation.wanted.answer !== 'no' &&
    takesKbuild(situation, tree) &&
    tree.config.known &&
    tree.config.value.options.AUFS_FS === undefined;
  const apart = packages.some((installed) => installed.kinds.includes('aufs'));
  return isDue && !apart ? [configureAufs(situation, tree)] : [];
}

/** The package of the aufs module, where it patches the sources itself: sys-fs/aufs4 with USE=kernel-patch. */
function patchingPackage({ snapshot }: Situation): InstalledPackage | null {
  const aufs = snapshot.portage.packages.find((installed) => installed.kinds.includes('aufs'));
  return aufs?.use.known === true && aufs.use.value.includes('kernel-patch') ? aufs : null;
}

/**
 * linux-mod_pkg_setup comes before the package patches, and dies of sources without a configuration and without the
 * headers that are made from it (linux-info.eclass: require_configured_kernel, check_kernel_built). `make clean` leaves
 * both, and no Module.symvers, which linux-mod-r1_pkg_setup asks for.
 */
function prepareSources(
  situation: Situation,
  tree: Tree,
  { asksForSymvers }: InstalledPackage,
): RemedyStep[] {
  if (situation.build !== null) return [];
  if (compiledBefore(situation, tree) === 'cleaned' && !asksForSymvers) return [];
  return [
    ...configureSources(situation, tree),
    {
      command: `${make(tree, null)} ${asksForSymvers ? COMPILE : 'modules_prepare'}`,
      why: 'makes what the package that patches them asks of sources which are not compiled',
      stage: 'prepare',
      achieves: [`prepare:${tree.path}`],
    },
  ];
}

/** Sources without a configuration get one: after they are patched, where what patches them does not need it first. */
export function configureSources(situation: Situation, tree: Tree): RemedyStep[] {
  if (tree.config.known || tree.config.code !== 'missing') return [];
  return [
    {
      command: shellLine('make', '-C', tree.path, 'menuconfig'),
      why: 'configures the kernel: there is no .config yet',
      stage: patchingPackage(situation) === null ? 'config' : 'prepare',
      achieves: [`config:${tree.path}`],
    },
  ];
}

/** AUFS as a module of the kernel's own. What depends on it has no value yet, and make would stop to ask for each. */
export function configureAufs({ build }: Situation, tree: Tree): RemedyStep {
  if (tree.kind === 'distribution') return configureDistribution(tree);
  const file = `${tree.path}/.config`;
  const set = shellLine(`${tree.path}/scripts/config`, '--file', file, '--module', 'AUFS_FS');
  return {
    command: `${set} && ${make(tree, build)} olddefconfig`,
    why: 'configures AUFS as a module',
    stage: 'config',
    achieves: [`config:${tree.path}`],
  };
}

function make(tree: Tree, build: BuildFacts | null): string {
  const elsewhere = build !== null && build.directory !== tree.path ? [`O=${build.directory}`] : [];
  return shellLine('make', '-C', tree.path, ...elsewhere, ...toolchain(tree, build));
}

/**
 * The compiler that the tree was configured for. make would take gcc, find another compiler than the one in .config,
 * and configure anew (scripts/Kconfig.include). LLVM=1 stands for clang with all of its tools (Documentation/kbuild/llvm.rst).
 */
function toolchain(tree: Tree, build: BuildFacts | null): string[] {
  const config = build?.builtConfig.known ? build.builtConfig : tree.config;
  if (!config.known || config.value.options.CC_IS_CLANG !== 'y') return [];
  return [config.value.options.LD_IS_LLD === 'y' ? 'LLVM=1' : 'CC=clang'];
}
