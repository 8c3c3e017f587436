import type { InstalledPackage, PortageFacts } from '../model/portage.ts';
import type { Command } from '../model/step.ts';

/**
 * The atom that names a package whatever its version: an installed one may have left the repository. Kernels and
 * their sources have a slot for each version (kernel-2.eclass, kernel-install.eclass), and without it emerge would
 * bring the newest beside the one that is meant.
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

/** Merges packages without a place in world (emerge(1), --oneshot). */
export function emerge(...atoms: readonly string[]): Command {
  return { words: ['emerge', '--oneshot', ...atoms] };
}

/**
 * Builds packages again that are installed. Where emerge takes binary packages by itself, it would put the module or the
 * kernel of before back in its place: emerge(1), --usepkg-exclude.
 */
export function emergeAgain({ binaryPackages }: PortageFacts, ...atoms: readonly string[]): Command {
  const taken = binaryPackages.known && binaryPackages.value;
  return emerge(...(taken ? ['--usepkg-exclude', '*/*'] : []), ...atoms);
}
