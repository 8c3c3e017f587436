import type { Root } from '../system/root.ts';
import { isBashrcSet } from './bashrc.ts';
import { presentAt, SetupError } from './machine.ts';
import { BASHRC_FILE, findPackage, placeOf, readShipped, SHIPPED, type ShippedFile } from './shipped.ts';

export interface HookState {
  /** Its name for a person, such as "post_emerge". */
  readonly name: string;
  readonly target: string;
  /** `old`: of another version, or changed by hand. */
  readonly state: 'in-place' | 'old' | 'missing';
}

/** Each hook with its state. */
export function hookStates(root: Root, packageDirectory: string | null = findPackage()): HookState[] {
  return SHIPPED.flatMap((file): HookState[] => {
    const { hook } = file;
    if (hook === null) return [];
    const target = placeOf(root, file);
    return [{ name: hook, target, state: stateOf(root, packageDirectory, { ...file, target }) }];
  });
}

/**
 * The names of the hooks that are not in place, for the finding `hook-missing`. None where Portage is not set up: nothing
 * would call them.
 */
export function missingHooks(root: Root): string[] {
  if (!isPortageSetUp(root)) return [];
  return hookStates(root)
    .filter(({ state }) => state !== 'in-place')
    .map(({ name }) => name);
}

/** Whether Portage has a configuration in this root. */
export function isPortageSetUp(root: Root): boolean {
  return ['/etc/portage/make.profile', '/etc/portage/make.conf'].some((path) => root.lstat(path).known);
}

function stateOf(root: Root, packageDirectory: string | null, file: ShippedFile): HookState['state'] {
  try {
    if (!root.lstat(file.target).known) return 'missing';
    const present = presentAt(root, file.target);
    if (present === null || present.type !== 'file') return 'missing';
    // Portage reads it only through the block in bashrc.
    if (file.target === BASHRC_FILE && !isBashrcSet(root)) return 'missing';
    const shipped = packageDirectory === null ? null : readShipped(packageDirectory, file);
    if (shipped === null) return 'in-place';
    return present.content.equals(shipped) && present.mode === file.mode ? 'in-place' : 'old';
  } catch (error) {
    // A file that cannot be read is not known to be wrong.
    if (error instanceof SetupError) return 'in-place';
    throw error;
  }
}
