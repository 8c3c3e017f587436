/** The parts of PF, a package's file name. */
export interface PackageName {
  /** PN, as `aufs4`. */
  readonly name: string;
  /** PVR: version with revision, as `0_pre20180312` or `6.1.192-r1`. */
  readonly version: string;
}

/** PMS 3.2: numbers, a letter, suffixes, a revision. A package name must not end in something like a version. */
const VERSIONED = /^(.+)-(\d+(?:\.\d+)*[a-z]?(?:_(?:alpha|beta|pre|rc|p)\d*)*(?:-r\d+)?)$/;

/** Splits PF into name and version; null: it is no package name (a lock file, say). */
export function splitPackageName(pf: string): PackageName | null {
  // No name is longer, and the pattern must not run on hostile input.
  if (pf.length > 255) return null;
  const match = VERSIONED.exec(pf);
  if (match === null) return null;
  const [, name = '', version = ''] = match;
  if (!/^[A-Za-z0-9_][A-Za-z0-9+_-]*$/.test(name) || (/-\d/.test(name) && VERSIONED.test(name))) return null;
  return { name, version };
}
