import type { BuildFacts } from './build.ts';
import type { KernelConfig } from './config.ts';
import type { Fact } from './fact.ts';
import type { PatchComponent } from './patch-component.ts';

export interface SourcesFacts {
  /** What the kernel directory (/usr/src/linux) selects. */
  readonly selected: SelectedTree;
  /** Every kernel tree, sorted by path. */
  readonly trees: readonly Tree[];
}

export type SelectedTree =
  /** `path` is the tree itself, symlinks resolved; `link` is what leads there. */
  | { readonly state: 'tree'; readonly link: string; readonly path: string; readonly linkMtime: number }
  | { readonly state: 'dangling'; readonly link: string; readonly target: string }
  | { readonly state: 'absent'; readonly link: string }
  | { readonly state: 'not-a-tree'; readonly link: string; readonly path: string }
  | { readonly state: 'unknown'; readonly link: string; readonly detail: string };

export interface Tree {
  readonly path: string;
  /** `distribution`: stripped, compiled by its package; make cannot rebuild it. */
  readonly kind: 'sources' | 'distribution';
  readonly version: Fact<KernelVersion>;
  /**
   * The release of the kernel that make would build now: the recorded one, or put together from Makefile, localversion*
   * and CONFIG_LOCALVERSION.
   */
  readonly release: Fact<string>;
  /** `.config`. */
  readonly config: Fact<KernelConfig>;
  /** CPV of the package whose CONTENTS has the tree. */
  readonly owner: string | null;
  /** AUFS_VERSION of the tree's aufs_type.h; null: the file is not there. */
  readonly aufsVersion: Fact<string | null>;
  /** fs/aufs with its Makefile and Kconfig; null: AUFS cannot be compiled into this kernel. */
  readonly aufsSources: Fact<AufsSources | null>;
  readonly patch: PatchFacts;
  /** The tree's builds: in the tree itself first, then each O= directory that a release points to. */
  readonly builds: readonly BuildFacts[];
}

export interface AufsSources {
  /** The type of AUFS_FS in fs/aufs/Kconfig: a bool cannot be built as a module. null: it is not there. */
  readonly option: 'bool' | 'tristate' | null;
}

export interface KernelVersion {
  readonly version: number;
  readonly patchlevel: number;
  readonly sublevel: number;
  readonly extraversion: string;
}

export interface PatchFacts {
  readonly components: Readonly<Record<PatchComponent, ComponentState>>;
  /** Row of the marker table that was used, as `6.1`; null: none fits. */
  readonly series: string | null;
  /** The `*.rej` files beside the touched ones, and what each proves. */
  readonly rejects: readonly Reject[];
  /** Files in the tree that the whole set touches here, relative to the tree. */
  readonly touched: readonly string[];
  /** The patch sets on this machine, those for this kernel first. */
  readonly sets: readonly SetAtHand[];
}

/** Patches of one AUFS set in one directory, or a file that holds several. */
export interface SetAtHand {
  /** The directory; of a set in one file, the file. */
  readonly path: string;
  /** The branch that it names, as `6.1`; null: none. */
  readonly branch: string | null;
  /** Is it of the branch for this kernel? null: not known. Of several such sets only the nearest is. */
  readonly isForTree: boolean | null;
  /** The components that it holds. A module needs base, mmap and standalone. */
  readonly components: readonly PatchComponent[];
  /**
   * What patch(1) would reject if the components that the tree lacks were applied now. Unknown where it was not tried: the
   * set is not needed, or a component is there in part.
   */
  readonly rejects: Fact<readonly MissingPart[]>;
}

export type ComponentState =
  | {
      readonly state: 'absent' | 'partial' | 'present';
      /**
       * `proof`: a reverse dry run of a patch on this machine; `markers`: names that the patch adds, or all lines that a
       * patch on this machine adds.
       */
      readonly how: 'proof' | 'markers';
      /** The patch file, where there is one. */
      readonly by: string | null;
      readonly missing: readonly MissingPart[];
      /** Newest mtime of the touched files, ms; null where nothing of it is there. */
      readonly appliedAt: number | null;
    }
  | { readonly state: 'unknown'; readonly why: string };

/** What of a component is not there: `part` is a hunk ("hunk 3 at line 1820") or a name ("vma_do_fput"). */
export interface MissingPart {
  readonly file: string;
  readonly part: string;
}

/** A file in which patch(1) left hunks that it could not apply. */
export interface Reject {
  /** Relative to the tree, as `mm/mmap.c.rej`. */
  readonly path: string;
  /**
   * `open`: one of its hunks is not in the file now; the only state that proves something missing. `in-the-file`: all of
   * its hunks are there, applied by hand. `empty`: it holds none. `reverse-attempt`: its hunks come from an attempt to remove
   * the set. `older`: the sources were merged since. `unreadable`: it cannot be read as a patch.
   */
  readonly state: 'open' | 'in-the-file' | 'empty' | 'reverse-attempt' | 'older' | 'unreadable';
  /** How many of its hunks are not in the file, for `open`. */
  readonly hunks: number;
}
