import type { RemedyStep } from '../model/finding.ts';
import type { InstalledPackage } from '../model/portage.ts';
import type { Tree } from '../model/tree.ts';
import { atom, emergeAgain, shellLine } from './emerge.ts';
import type { Situation } from './situation.ts';
import { comesCompiled, takesAufsSet } from './user-patches.ts';

/** The commands that mend a distribution kernel: its package compiles and installs it (kernel-build.eclass). */

/**
 * Compile it again, and install it with that. Portage applies the patches of the user's for it. The one that comes
 * compiled must leave world first: the two block each other, and Portage takes none away that is asked for by name.
 */
export function compileDistribution(situation: Situation, tree: Tree): RemedyStep[] {
  const { name, directory, replaces } = kernelPackage(situation, tree);
  const achieves = [`build:${tree.path}`, `install:${tree.path}`];
  if (tree.owner !== null) achieves.push(`user-patch:${tree.owner}`);
  if (takesAufsSet(situation, tree)) achieves.push(`patch:${tree.path}`);
  const compile = emergeAgain(situation.snapshot.portage, [name], 'compiles and installs the kernel', {
    stage: 'build',
    achieves,
  });
  if (replaces === null) return [compile];
  return [
    {
      ...compile,
      command: `${shellLine('emerge', '--deselect', replaces)} && ${compile.command}`,
      why: `${compile.why} in place of ${replaces}, which comes compiled`,
    },
    {
      // Without its slot: world would keep this version for ever.
      command: shellLine('emerge', '--noreplace', directory),
      why: 'keeps that package, and has it brought up to date with all others',
      stage: 'build',
      achieves: [`world:${directory}`],
    },
  ];
}

/** Install what the package has compiled before: pkg_config of kernel-install.eclass. */
export function installDistribution({ snapshot }: Situation, tree: Tree): RemedyStep {
  const owner = ownerOf(snapshot.portage.packages, tree);
  const command = shellLine('emerge', '--config', owner === null ? DEFAULT : atom(owner));
  const why = 'installs the image that the package has compiled';
  return { command, why, stage: 'install', achieves: [`install:${tree.path}`] };
}

/**
 * Its sources are nowhere on disk: Portage patches them while the package is built. Where it is given the set already,
 * compiling it is all.
 */
export function patchDistribution(situation: Situation, tree: Tree): RemedyStep[] {
  const { directory, replaces } = kernelPackage(situation, tree);
  if (takesAufsSet(situation, tree)) return [];
  const compiled = replaces === null ? '' : ` (${replaces} comes compiled, and takes none)`;
  const why = `put the aufs-standalone patches for this kernel series into /etc/portage/patches/${directory}${compiled}`;
  return [{ command: null, why, stage: 'patch', achieves: [`patch:${tree.path}`] }];
}

/** Its .config is written anew with each build, from what lies in /etc/kernel/config.d (kernel-build.eclass). */
export function configureDistribution(tree: Tree): RemedyStep {
  const file = '/etc/kernel/config.d/aufs.config';
  return {
    command: `mkdir -p /etc/kernel/config.d && echo CONFIG_AUFS_FS=m > ${file}`,
    why: 'configures AUFS as a module',
    stage: 'config',
    achieves: [`config:${tree.path}`],
  };
}

const DEFAULT = 'sys-kernel/gentoo-kernel';

interface KernelPackage {
  /** For emerge. */
  readonly name: string;
  /** CATEGORY/NAME, as under /etc/portage/patches. */
  readonly directory: string;
  /** The package that it takes the place of; null: it is installed itself. */
  readonly replaces: string | null;
}

/**
 * The package that compiles the kernel of a tree. One that comes compiled (gentoo-kernel-bin) takes no patches and no
 * configuration: where AUFS is wanted, its sibling of the same slot has to take its place.
 */
function kernelPackage({ snapshot, wanted }: Situation, tree: Tree): KernelPackage {
  const owner = ownerOf(snapshot.portage.packages, tree);
  if (owner === null) return { name: DEFAULT, directory: DEFAULT, replaces: null };
  const directory = `${owner.category}/${owner.name}`;
  if (wanted.answer === 'no' || !comesCompiled(owner))
    return { name: atom(owner), directory, replaces: null };
  const source = { ...owner, name: owner.name.replace(/-bin$/, '') };
  return { name: atom(source), directory: `${source.category}/${source.name}`, replaces: directory };
}

function ownerOf(packages: readonly InstalledPackage[], tree: Tree): InstalledPackage | null {
  return packages.find((installed) => installed.cpv === tree.owner) ?? null;
}
