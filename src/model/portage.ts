import type { Fact } from './fact.ts';

/** How the database of installed packages stores its fields (Portage 3.0.81 added the `metadata` file). */
export const VDB_FORMS = ['classic', 'both', 'consolidated', 'mixed', 'empty'] as const;
export type VdbForm = (typeof VDB_FORMS)[number];

export type PackageKind =
  /** sys-fs/aufs, aufs2 … aufs-standalone: brings the aufs module, and may patch the kernel tree. */
  | 'aufs'
  /** sys-fs/aufs-util and the like: the mount helpers. */
  | 'aufs-util'
  /** INHERITED has kernel-2: kernel sources under /usr/src. */
  | 'kernel-sources'
  /** INHERITED has kernel-build or kernel-install: a distribution kernel. */
  | 'dist-kernel'
  /** INHERITED has linux-mod or linux-mod-r1, and it owns modules: builds out-of-tree modules. */
  | 'module'
  /** The same eclass, and no module in its CONTENTS (USE=-modules, say): merging it again builds none. */
  | 'without-modules'
  | 'docker';

export interface PortageFacts {
  /** Unknown where there is no /var/db/pkg or it cannot be read. */
  readonly form: Fact<VdbForm>;
  /** How many packages are installed in all. */
  readonly installed: number;
  /** Those of the kinds above, sorted by CPV. */
  readonly packages: readonly InstalledPackage[];
  /** Everything under /etc/portage/patches that is meant for packages of these kinds. */
  readonly userPatches: readonly UserPatch[];
  /** Does make.conf make emerge use binary packages by default? Then merging a package again builds nothing. */
  readonly binaryPackages: Fact<boolean>;
}

export interface InstalledPackage {
  /** CATEGORY/PF, as in `sys-fs/aufs4-0_pre20180312`. */
  readonly cpv: string;
  readonly category: string;
  /** Package name without version, as in `aufs4`. */
  readonly name: string;
  /** Version with revision, as in `0_pre20180312`. */
  readonly version: string;
  readonly kinds: readonly PackageKind[];
  /** Does its setup phase fail for sources without Module.symvers, so that they must be compiled first? */
  readonly asksForSymvers: boolean;
  /** Slot and, after a slash, sub-slot as recorded. */
  readonly slot: Fact<string>;
  readonly repository: Fact<string>;
  /** Enabled USE flags. */
  readonly use: Fact<readonly string[]>;
  /** The flags of its ebuild, without the sign of their default. No other flag can be set. */
  readonly iuse: Fact<readonly string[]>;
  /** When it was built, ms. */
  readonly buildTime: Fact<number>;
  /** Portage's merge counter: higher was merged later. */
  readonly counter: Fact<number>;
  /** When its directory in the database last changed, which is the time of the merge, ms. */
  readonly mergedAt: number;
  /** Kernel modules in its CONTENTS. */
  readonly modules: readonly OwnedModule[];
  /** Kernel trees in its CONTENTS, as `/usr/src/linux-6.1.192-gentoo`. */
  readonly trees: readonly string[];
  /** For a package of AUFS its ebuild in its repository; null: it is no longer there. */
  readonly ebuild: string | null;
  /** Patches in its CONTENTS (those that aufs ebuilds leave in their documentation directory). */
  readonly patches: readonly string[];
}

export interface OwnedModule {
  readonly path: string;
  readonly md5: string;
  /** As in CONTENTS, ms. */
  readonly mtime: number;
}

export interface UserPatch {
  readonly path: string;
  /** `sys-kernel/gentoo-sources`, with version or slot as the directory is named. */
  readonly target: string;
  readonly mtime: number;
  /** CPVs of installed packages that it applies to. */
  readonly appliesTo: readonly string[];
}
