import type { RemedyStep } from '../model/finding.ts';
import type { InstalledPackage, PortageFacts } from '../model/portage.ts';

/** Words of a command as one line for a shell, quoted where they must be. */
export function shellLine(...words: readonly string[]): string {
  return words.map(shellWord).join(' ');
}

function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

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

/** A step that merges packages without a place in world (emerge(1), --oneshot). */
export function emerge(
  atoms: readonly string[],
  why: string,
  step: Pick<RemedyStep, 'stage' | 'achieves'>,
): RemedyStep {
  return { command: shellLine('emerge', '--oneshot', ...atoms), why, ...step };
}

/**
 * Builds packages again that are installed. Where emerge takes binary packages by itself, it would put the module or the
 * kernel of before back in its place: emerge(1), --usepkg-exclude.
 */
export function emergeAgain(
  { binaryPackages }: PortageFacts,
  atoms: readonly string[],
  why: string,
  step: Pick<RemedyStep, 'stage' | 'achieves'>,
): RemedyStep {
  const taken = binaryPackages.known && binaryPackages.value;
  return emerge([...(taken ? ['--usepkg-exclude', '*/*'] : []), ...atoms], why, step);
}
