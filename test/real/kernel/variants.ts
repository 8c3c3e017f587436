/** A kernel of the bench: the same sources, patched or not, and what differs in its configuration. */
export interface KernelVariant {
  readonly name: string;
  readonly patched: boolean;
  /** Is the stand-in compiled in, with the kbuild patch and fs/aufs? */
  readonly builtin: boolean;
  /** Does it let a missing symbol version pass, as Linux does and Debian's does not? */
  readonly lenient?: boolean;
  /** Options that differ from uml.defconfig. */
  readonly config: Readonly<Record<string, string>>;
}

/** Modules are signed with a key that the build makes, and others refused. */
const SIGNED = {
  MODULE_SIG: 'y',
  MODULE_SIG_FORCE: 'y',
  MODULE_SIG_ALL: 'n',
  MODULE_SIG_SHA256: 'y',
  MODULE_SIG_KEY: '"certs/signing_key.pem"',
  MODULE_SIG_KEY_TYPE_RSA: 'y',
  SECONDARY_TRUSTED_KEYRING: 'n',
} as const;

export const PATCHES = ['base', 'mmap', 'standalone'] as const;

/** In an order in which little is compiled twice. The first ones have the release 6.1.N-gentoo, all of them. */
export const KERNELS: readonly KernelVariant[] = [
  { name: 'plain', patched: false, builtin: false, config: {} },
  { name: 'plain-unversioned', patched: false, builtin: false, config: { MODVERSIONS: 'n' } },
  { name: 'patched-unversioned', patched: true, builtin: false, config: { MODVERSIONS: 'n' } },
  { name: 'patched', patched: true, builtin: false, config: {} },
  { name: 'patched-lenient', patched: true, builtin: false, lenient: true, config: {} },
  { name: 'patched-renamed', patched: true, builtin: false, config: { LOCALVERSION: '"-other"' } },
  { name: 'patched-builtin', patched: true, builtin: true, config: { AUFS_FS: 'y' } },
  // Adds members to structures that modules see; its vermagic is the same.
  {
    name: 'patched-quota',
    patched: true,
    builtin: false,
    config: { QUOTA: 'y', QUOTACTL: 'y', QFMT_V2: 'y' },
  },
  { name: 'patched-signed', patched: true, builtin: false, config: SIGNED },
  // It looks at signatures, and takes modules without one.
  {
    name: 'patched-tolerant',
    patched: true,
    builtin: false,
    config: { ...SIGNED, MODULE_SIG_FORCE: 'n' },
  },
];

/** Which modules can be compiled for a kernel. */
export function modulesOf({ patched, builtin }: KernelVariant): string[] {
  // A patched kernel exports what `double` does, and its build says so.
  return [
    'plain',
    'giver',
    'taker',
    ...(patched ? [] : ['double']),
    ...(patched && !builtin ? ['aufs'] : []),
  ];
}
