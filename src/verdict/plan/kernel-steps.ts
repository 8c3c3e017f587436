import type { BuildFacts } from '../../model/build.ts';
import type { PlanStep } from '../../model/finding.ts';
import type { Tree } from '../../model/tree.ts';
import { imagesOfBuilt, menuOf } from '../boot-menu.ts';
import { ALL_JOBS, make } from '../make.ts';
import type { Situation } from '../situation.ts';
import { compileDistribution, installDistribution } from './distribution.ts';
import type { Due } from './due.ts';
import { indexing } from './module-steps.ts';
import { hand, run, union } from './step-list.ts';

/**
 * From finished sources to a kernel in the boot menu. `withModules`: out-of-tree modules are built after the kernel's own modules
 * and before the image. `make install` may make an initramfs (installkernel with USE=dracut), and linux-mod-r1.eclass makes it
 * again for distribution kernels only. So modules that the boot needs, as zfs.ko for the root, must be there before.
 */
export function kernelSteps(situation: Situation, due: Due, withModules: boolean): PlanStep[] {
  const { tree, build } = situation;
  const mount = mountBoot(situation, due);
  if (tree === null) return mount;
  const made =
    tree.kind === 'distribution'
      ? distributionSteps(situation, tree, due)
      : [
          ...run('build', due.compile, 'compiles the kernel', make(tree, build, ALL_JOBS)),
          ...installSteps(tree, build, withIndexing(tree, due), withModules),
        ];
  return [...mount, ...made, ...listInMenu(situation, tree, due)];
}

/** `make modules_install` runs depmod. */
function withIndexing({ release }: Tree, due: Due): Due {
  if (due.ownModules.length === 0 || !release.known) return due;
  return { ...due, ownModules: union(due.ownModules, indexing(due, release.value)) };
}

/** The package installs everything in its pkg_postinst or pkg_config (kernel-install.eclass). */
function distributionSteps(situation: Situation, tree: Tree, { compile, install }: Due): PlanStep[] {
  return compile.length > 0
    ? compileDistribution(situation, tree, union(compile, install))
    : installDistribution(situation, tree, install);
}

function installSteps(
  tree: Tree,
  build: BuildFacts | null,
  { install, ownModules }: Due,
  withModules: boolean,
): PlanStep[] {
  const image = 'installs the image';
  // There `make modules_install` fails.
  const own = isWithoutModules(tree, build) ? [] : ownModules;
  if (install.length > 0 && own.length > 0 && !withModules) {
    const both = make(tree, build, 'modules_install', 'install');
    return run('install', union(own, install), 'installs the modules and the image', both);
  }
  return [
    ...run('install', own, "installs the kernel's own modules", make(tree, build, 'modules_install')),
    ...run('image', install, image, make(tree, build, 'install')),
  ];
}

/** Is the kernel built with CONFIG_MODULES off? */
function isWithoutModules(tree: Tree, build: BuildFacts | null): boolean {
  const config =
    build?.builtConfig.known && build.configChanged.known && !build.configChanged.value
      ? build.builtConfig
      : tree.config;
  return config.known && config.value.options.MODULES !== 'y';
}

/** Mounts /boot, or the EFI system partition, where it is in fstab and not mounted. */
function mountBoot({ snapshot, tree }: Situation, due: Due): PlanStep[] {
  const { toMount } = snapshot.boot;
  if (toMount === null) return [];
  const codes = union(
    due.all('boot-mounted').flatMap(({ codes: own }) => own),
    due.install,
  );
  // A distribution kernel's package fails at once where /boot is not mounted.
  const stage = tree?.kind === 'distribution' ? 'build' : 'install';
  return run(stage, codes, 'mounts the file system that holds the images', { words: ['mount', toMount] });
}

/**
 * GRUB and the Boot Loader Specification list kernels by name: a kernel of a new release must be added. installkernel does that
 * only with USE=grub or USE=systemd-boot.
 */
function listInMenu(situation: Situation, { release }: Tree, due: Due): PlanStep[] {
  const { boot } = situation.snapshot;
  const wanted = union(...due.all('listed-in-menu').map(({ codes }) => codes));
  const loader = menuOf(situation);
  const isGrub = loader === null ? boot.grubMenu !== null : loader.kind === 'grub';
  const isNew = release.known && isNewRelease(situation, release.value);
  const codes = union(wanted, isGrub && isNew ? due.install : []);
  const why = 'lists the new kernel in the boot menu';
  if (isGrub) {
    const menu = loader?.config ?? boot.grubMenu ?? '/boot/grub/grub.cfg';
    return run('menu', codes, why, { words: ['grub-mkconfig', '-o', menu] });
  }
  const [image] = imagesOfBuilt(situation);
  if (loader?.kind === 'systemd-boot' && release.known && image !== undefined)
    return run('menu', codes, why, { words: ['kernel-install', 'add', release.value, image.path] });
  return hand('menu', codes, `add an entry for the new kernel to ${loader?.config ?? 'the boot loader'}`);
}

function isNewRelease({ snapshot: { boot } }: Situation, release: string): boolean {
  if (!boot.images.known) return false;
  const listed = boot.images.value.map(({ identity }) => identity.release);
  return !listed.some((other) => !other.known || other.value === release);
}
