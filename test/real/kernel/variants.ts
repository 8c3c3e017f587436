/** A kernel of the bench: the same sources, patched or not, and what differs in its configuration. */
export interface KernelVariant {
  readonly name: string;
  readonly patched: boolean;
  /** Is the stand-in compiled in, with the kbuild patch and fs/aufs? */
  readonly builtin: boolean;
  /** Options that differ from uml.defconfig. */
  readonly config: Readonly<Record<string, string>>;
}

export const PATCHES = ['base', 'mmap', 'standalone'] as const;

/** In an order in which little is compiled twice. The first ones have the release 6.1.N-gentoo, all of them. */
export const KERNELS: readonly KernelVariant[] = [
  { name: 'plain', patched: false, builtin: false, config: {} },
  { name: 'plain-unversioned', patched: false, builtin: false, config: { MODVERSIONS: 'n' } },
  { name: 'patched-unversioned', patched: true, builtin: false, config: { MODVERSIONS: 'n' } },
  { name: 'patched', patched: true, builtin: false, config: {} },
  { name: 'patched-renamed', patched: true, builtin: false, config: { LOCALVERSION: '"-other"' } },
  { name: 'patched-builtin', patched: true, builtin: true, config: { AUFS_FS: 'y' } },
  // Adds members to structures that modules see; its vermagic is the same.
  {
    name: 'patched-quota',
    patched: true,
    builtin: false,
    config: { QUOTA: 'y', QUOTACTL: 'y', QFMT_V2: 'y' },
  },
];

/** Which modules can be compiled for a kernel. */
export function modulesOf({ patched, builtin }: KernelVariant): string[] {
  return ['plain', 'giver', 'taker', ...(patched && !builtin ? ['aufs'] : [])];
}
