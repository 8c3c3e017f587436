/** What the configuration says of the machine, as far as facts and verdict depend on it. */
export interface Preferences {
  /** Is AUFS wanted here? `auto` decides by evidence. */
  readonly wanted: 'auto' | 'yes' | 'no';
  /** The selected kernel tree, usually /usr/src/linux. */
  readonly kernelDirectory: string;
  /** More directories in which patches are looked for, for the proof of the patch state. */
  readonly patchDirectories: readonly string[];
  /** The image that boots next, where the user has said so. */
  readonly nextBootImage: string | null;
  /** Modules whose loss is a warning, not critical. */
  readonly optionalModules: readonly string[];
  /** Modules of which nothing is said. */
  readonly ignoredModules: readonly string[];
}

export const DEFAULT_PREFERENCES: Preferences = {
  wanted: 'auto',
  kernelDirectory: '/usr/src/linux',
  patchDirectories: [],
  nextBootImage: null,
  optionalModules: [],
  ignoredModules: [],
};
