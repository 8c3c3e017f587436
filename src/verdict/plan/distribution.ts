import { comesCompiled } from '../../model/comes-compiled.ts';
import type { PlanStep } from '../../model/finding.ts';
import type { InstalledPackage } from '../../model/portage.ts';
import type { Tree } from '../../model/tree.ts';
import { atom, emergeAgain } from '../emerge.ts';
import type { Situation } from '../situation.ts';
import { type Codes, run } from './step-list.ts';

/** Steps for a distribution kernel: its package compiles and installs it (kernel-build.eclass). */

/**
 * Compiles it again, which also installs it. Portage applies the user's patches. The binary package must leave world first:
 * the two block each other, and Portage removes no package that world or the command names.
 */
export function compileDistribution(situation: Situation, tree: Tree, due: Codes): PlanStep[] {
  const { name, directory, replaces } = kernelPackage(situation, tree);
  const compile = emergeAgain(situation.snapshot.portage, name);
  const why = 'compiles and installs the kernel';
  if (replaces === null) return run('build', due, why, compile);
  return [
    ...run(
      'build',
      due,
      `${why} in place of ${replaces}, a binary package`,
      { words: ['emerge', '--deselect', replaces] },
      compile,
    ),
    // Without its slot: otherwise world would keep this version for ever.
    ...run('build', due, 'adds that package to world, so that it is updated with the others', {
      words: ['emerge', '--noreplace', directory],
    }),
  ];
}

/** Installs what the package has compiled before: pkg_config of kernel-install.eclass. */
export function installDistribution({ snapshot }: Situation, tree: Tree, due: Codes): PlanStep[] {
  const owner = ownerOf(snapshot.portage.packages, tree);
  return run('install', due, 'installs the image that the package has compiled', {
    words: ['emerge', '--config', owner === null ? DEFAULT : atom(owner)],
  });
}

/** What to do, as a clause. Its sources are not on disk: Portage patches them while it builds the package. */
export function giveSetToDistribution(situation: Situation, tree: Tree): string {
  const { directory, replaces } = kernelPackage(situation, tree);
  const compiled = replaces === null ? '' : ` (${replaces} is a binary package and applies no patches)`;
  return `put the aufs-standalone patches for this kernel series into /etc/portage/patches/${directory}${compiled}`;
}

/** Every build writes its .config again, from the files in /etc/kernel/config.d (kernel-build.eclass). */
export function configureDistribution(
  option: string,
  value: 'y' | 'm' | 'n',
  why: string,
  due: Codes,
): PlanStep[] {
  const directory = '/etc/kernel/config.d';
  const line = value === 'n' ? `# CONFIG_${option} is not set` : `CONFIG_${option}=${value}`;
  const name = option === 'AUFS_FS' ? 'aufs' : option.toLowerCase();
  return run(
    'config',
    due,
    why,
    { words: ['mkdir', '-p', directory] },
    { words: ['echo', line], into: `${directory}/${name}.config` },
  );
}

const DEFAULT = 'sys-kernel/gentoo-kernel';

interface KernelPackage {
  /** For emerge. */
  readonly name: string;
  /** CATEGORY/NAME, as under /etc/portage/patches. */
  readonly directory: string;
  /** The package that it replaces; null: it is installed itself. */
  readonly replaces: string | null;
}

/**
 * The package that compiles the kernel of a tree. A binary package (gentoo-kernel-bin) applies neither patches nor settings:
 * where AUFS is wanted, the package of the same slot that compiles the kernel must replace it.
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
