import type { PlacedModule } from './placed-module.ts';

/** An installed package, as plain data. The owner of a kernel tree is SourceTree.owner. */
export interface Package {
  readonly category: string;
  readonly name: string;
  readonly version: string;
  readonly slot: string;
  readonly repository: string;
  readonly description: string;
  readonly license: string;
  readonly iuse: readonly string[];
  readonly use: readonly string[];
  readonly inherited: readonly string[];
  readonly mergedAt: number;
  /** Portage's merge counter. */
  readonly counter: number;
  /** Merged from a binary package. */
  readonly binary: boolean;
  readonly files: readonly PackageFile[];
  readonly modules: readonly PlacedModule[];
}

export interface PackageFile {
  readonly path: string;
  readonly text: string;
}

/** A package without files, flags or eclasses. */
export function plainPackage(category: string, name: string, version: string, mergedAt: number): Package {
  return {
    category,
    name,
    version,
    slot: '0',
    repository: 'gentoo',
    description: `${name} of the demonstration`,
    license: 'GPL-2',
    iuse: [],
    use: [],
    inherited: [],
    mergedAt,
    counter: 0,
    binary: false,
    files: [],
    modules: [],
  };
}

/** `sys-fs/aufs4-0_pre20180312`. */
export function cpvOf(pkg: Package): string {
  return `${pkg.category}/${pkg.name}-${pkg.version}`;
}
