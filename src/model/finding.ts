import type { Step } from './step.ts';

export const SEVERITIES = ['critical', 'warning', 'notice'] as const;
/**
 * `critical`: the running kernel or the next boot lacks AUFS or a wanted module. `warning`: a link is behind and work is due.
 * `notice`: worth knowing.
 */
export type Severity = (typeof SEVERITIES)[number];

/** Every kind of finding, in the order of the links. Never renamed: acknowledgements and alert rules name them. */
export const FINDING_CODES = [
  'aufs-perhaps-wanted',
  'patch-reverted',
  'sources-unpatched',
  'sources-partly-patched',
  'aufs-not-configured',
  'aufs-sources-missing',
  'aufs-configured-twice',
  'series-mismatch',
  'sources-link-broken',
  'user-patches-pending',
  'kernel-never-built',
  'build-interrupted',
  'kernel-not-rebuilt',
  'config-changed-since-build',
  'kernel-not-installed',
  'boot-not-readable',
  'kernel-not-in-menu',
  'other-kernel-is-default',
  'one-shot-boot',
  'kernel-passed-over',
  'image-copy-outdated',
  'next-boot-without-aufs',
  'running-kernel-without-aufs',
  'reboot-pending',
  'sources-not-running',
  'pinned-kernel-not-next',
  'pinned-kernel-incomplete',
  'own-modules-missing',
  'own-modules-older',
  'module-missing',
  'module-will-not-load',
  'initramfs-outdated',
  'initramfs-lacks-module',
  'module-blocked',
  'module-not-reloaded',
  'module-shadowed',
  'module-leftover',
  'depmod-due',
  'utilities-mismatch',
  'rehearsal-contradicts',
  'docker-driver-removed',
  'docker-asked-twice',
  'docker-configuration-refused',
  'docker-several-drivers',
  'docker-data-deprecated',
  'docker-aufs-unavailable',
  'docker-aufs-on-btrfs',
  'docker-driver-unavailable',
  'docker-next-boot',
  'docker-upgrade-fails',
  'docker-no-d-type',
  'docker-data-left',
  'docker-devicemapper-loopback',
  'docker-vfs',
  'containers-storage-unavailable',
  'hook-missing',
  'hook-unheard',
  'watch-degraded',
  'ledger-recovered',
  'inbox-stuck',
] as const;
export type FindingCode = (typeof FINDING_CODES)[number];

/** The code with this name; null: there is none. */
export function findingCode(text: unknown): FindingCode | null {
  return FINDING_CODES.find((code) => code === text) ?? null;
}

/**
 * A problem on this machine. Code and subject are its identity; what has no finding is healthy. Programs read `about`:
 * title, text and subject are for people.
 */
export interface Finding {
  readonly code: FindingCode;
  /** Which tree, kernel release, module or package: '' where there can be only one. */
  readonly subject: string;
  readonly about: About;
  readonly severity: Severity;
  /** What is wrong, in one line. */
  readonly title: string;
  /** Why, and what will happen: one or two sentences. */
  readonly text: string;
  /** What to do on this machine, in order. */
  readonly remedy: readonly Step[];
  /** Codes of present findings that cause this one. */
  readonly causedBy: readonly FindingCode[];
}

/** What a finding is about, as data. */
export interface About {
  /** null: no kernel, or all. */
  readonly kernel: AboutKernel | null;
  /** Names of modules, as the kernel has them. */
  readonly modules: readonly string[];
  /** Path of the kernel tree. */
  readonly tree: string | null;
  /** CPV of the package. */
  readonly package: string | null;
  /** Modules that the next boot will lack because of it, by name; empty: none. */
  readonly nextBootLoses: readonly string[];
  /** Is it a guess which kernel boots next, and so what the next boot lacks? Set only where it lacks something. */
  readonly byGuess?: true;
}

export interface AboutKernel {
  readonly role: KernelRole;
  readonly release: string | null;
  /** For a person: `6.1.192-gentoo #3`. */
  readonly name: string;
}

/**
 * `built`: the kernel that the selected sources made. A kernel that runs and also boots next is `next`. `pinned`: the kernel
 * that the user stays on, where it neither runs nor boots next.
 */
export const KERNEL_ROLES = ['running', 'next', 'built', 'pinned'] as const;
export type KernelRole = (typeof KERNEL_ROLES)[number];

export const ABOUT_NOTHING: About = {
  kernel: null,
  modules: [],
  tree: null,
  package: null,
  nextBootLoses: [],
};

/** A finding's identity as one string. */
export function findingKey(finding: { readonly code: string; readonly subject: string }): string {
  return `${finding.code} ${finding.subject}`;
}

/** A step of the plan, with the codes of all the findings that it helps to resolve. */
export type PlanStep = Step & { readonly resolves: readonly FindingCode[] };
