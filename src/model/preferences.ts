/** The settings that facts and verdict depend on. */
export interface Preferences {
  /** Is AUFS wanted here? `auto` decides by evidence. */
  readonly wanted: 'auto' | 'yes' | 'no';
  /** The selected kernel tree, usually /usr/src/linux. */
  readonly kernelDirectory: string;
  /** More directories to search for patches, which prove the patch state. */
  readonly patchDirectories: readonly string[];
  /** The image that boots next, where the user configured it; null: not configured. */
  readonly nextBootImage: string | null;
  /** Modules whose loss is a warning, not critical. */
  readonly optionalModules: readonly string[];
  /** Modules that no finding mentions. */
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
