import type { InstalledPackage, PortageFacts } from '../model/portage.ts';
import type { Command } from '../model/step.ts';

/**
 * The atom of a package without its version, since an installed version may have left the repository. Kernels and their sources
 * have a slot for each version (kernel-2.eclass, kernel-install.eclass); without the slot emerge would install the newest
 * version beside the requested one.
 */
export function atom(installed: InstalledPackage): string {
  const name = `${installed.category}/${installed.name}`;
  const slot = installed.slot.known ? (installed.slot.value.split('/')[0] ?? '') : '';
  return isKernel(installed) && slot !== '' && slot !== '0' ? `${name}:${slot}` : name;
}

/** Is it a kernel, or the sources of one? */
export function isKernel({ kinds }: InstalledPackage): boolean {
  return kinds.includes('kernel-sources') || kinds.includes('dist-kernel');
}

/** Merges packages without adding them to world (emerge(1), --oneshot). */
export function emerge(...atoms: readonly string[]): Command {
  return { words: ['emerge', '--oneshot', ...atoms] };
}

/**
 * Builds installed packages again. Where emerge uses binary packages by default, it would install the previous module or kernel
 * again: hence --usepkg-exclude (emerge(1)).
 */
export function emergeAgain({ binaryPackages }: PortageFacts, ...atoms: readonly string[]): Command {
  const taken = binaryPackages.known && binaryPackages.value;
  return emerge(...(taken ? ['--usepkg-exclude', '*/*'] : []), ...atoms);
}
