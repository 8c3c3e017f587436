import type { FindingCode } from '../model/finding.ts';
import type { InstalledPackage } from '../model/portage.ts';
import type { Command, Stage } from '../model/step.ts';
import { isRecord } from '../model/untrusted.ts';
import type { Maker } from './maker.ts';

/**
 * A state that resolves a finding. Findings name goals only: the planner decides which steps this machine needs for them, and
 * in which order.
 */
export type Goal =
  /** There are kernel sources again, and `link` points to them. */
  | { readonly is: 'sources-brought'; readonly link: string }
  /** `link` points to `tree`; null: to one that the user chooses. */
  | { readonly is: 'selected'; readonly link: string; readonly tree: string | null; readonly why: string }
  /** The package of the selected sources is merged again. */
  | { readonly is: 'sources-merged-again' }
  /** The selected sources carry the AUFS set. */
  | { readonly is: 'patched' }
  /** The rejected hunks are applied to the selected sources by hand. */
  | { readonly is: 'rejects-applied'; readonly rejects: readonly string[] }
  /** The option has this value in the selected sources, and they are compiled after that. */
  | {
      readonly is: 'configured';
      readonly option: string;
      readonly value: 'y' | 'm' | 'n';
      readonly why: string;
    }
  /** The kernel of the selected sources is compiled as they stand; it is installed and booted after that. */
  | { readonly is: 'compiled' }
  /** The modules of the kernel itself are in /lib/modules (`make modules_install`), for the selected sources. */
  | { readonly is: 'own-modules' }
  /** An out-of-tree module is built for a kernel. */
  | ModuleGoal
  /** A package is built with a USE flag. */
  | {
      readonly is: 'use-flag';
      readonly package: InstalledPackage;
      readonly flag: string;
      readonly stage: Stage;
      readonly why: string;
    }
  /** A package is built again, whichever kernel is selected. */
  | {
      readonly is: 'package-merged';
      readonly package: InstalledPackage;
      readonly stage: Stage;
      readonly why: string;
    }
  /** depmod has run. */
  | { readonly is: 'indexed'; readonly release: string }
  /** The kernel of the selected sources is in /boot, and is booted after that. */
  | { readonly is: 'installed' }
  /** The file system for the images is mounted, as in fstab. */
  | { readonly is: 'boot-mounted' }
  /** The menu of the boot loader lists the kernel of the selected sources. */
  | { readonly is: 'listed-in-menu' }
  /** The initramfs holds the modules that are on disk. */
  | {
      readonly is: 'initramfs-made';
      readonly path: string;
      /** For a person. */
      readonly kernel: string;
      readonly release: string | null;
    }
  | { readonly is: 'booted'; readonly why: string }
  /** The module in the kernel is the one on disk. */
  | { readonly is: 'reloaded'; readonly module: string }
  /** Something outside the links, in one step. */
  | {
      readonly is: 'ran';
      readonly stage: Stage;
      readonly commands: readonly [Command, ...Command[]];
      readonly why: string;
    }
  | { readonly is: 'done-by-hand'; readonly stage: Stage; readonly what: string };

export interface ModuleGoal {
  readonly is: 'module-built';
  readonly maker: Maker;
  /** Names of the modules, for a person. */
  readonly modules: readonly string[];
  /** The kernel release that it is built for; null: that of the selected sources. */
  readonly release: string | null;
}

/** A goal with the finding that needs it. */
export interface Wish {
  readonly goal: Goal;
  readonly code: FindingCode;
}

/** The same for equal goals. Of a package it holds the name only: thousands of its modules would fill the memory. */
export function goalKey(goal: Goal): string {
  return JSON.stringify(goal, (key, value: unknown) =>
    key === 'package' && isRecord(value) ? value.cpv : value,
  );
}
