/** The options of a kernel configuration that aufswatch asks for; one that is not set is absent. */
export interface KernelConfig {
  readonly path: string;
  readonly mtime: number;
  /** SHA-256 of the set options, comments left out, so that two equal configurations are equal here. */
  readonly hash: string;
  /** `AUFS_FS` → `m`; strings without their quotes. Only names of CONFIG_NAMES. */
  readonly options: Readonly<Record<string, string>>;
}

/** Options kept in a Snapshot, without `CONFIG_`. */
export const CONFIG_NAMES: ReadonlySet<string> = new Set([
  '64BIT',
  'ARM64',
  'AUFS_FS',
  'BLK_DEV_DM',
  'BTRFS_FS',
  'CC_IS_CLANG',
  'CC_VERSION_TEXT',
  'CPU_BIG_ENDIAN',
  'DM_THIN_PROVISIONING',
  'EXT4_FS',
  'FUSE_FS',
  'GCC_PLUGIN_RANDSTRUCT',
  'IKCONFIG',
  'IKCONFIG_PROC',
  'INTEGRITY_MACHINE_KEYRING',
  'INTEGRITY_PLATFORM_KEYRING',
  'LD_IS_LLD',
  'LIVEPATCH',
  'LOCALVERSION',
  'LOCALVERSION_AUTO',
  'LOONGARCH',
  'MODULES',
  'MODULE_ALLOW_MISSING_NAMESPACE_IMPORTS',
  'MODULE_COMPRESS_GZIP',
  'MODULE_COMPRESS_NONE',
  'MODULE_COMPRESS_XZ',
  'MODULE_COMPRESS_ZSTD',
  'MODULE_DECOMPRESS',
  'MODULE_FORCE_LOAD',
  'MODULE_SIG',
  'MODULE_SIG_FORCE',
  'MODULE_UNLOAD',
  'MODVERSIONS',
  'OVERLAY_FS',
  'PREEMPT',
  'PREEMPTION',
  'PREEMPT_BUILD',
  'PREEMPT_RT',
  'RANDSTRUCT',
  'RETPOLINE',
  'RISCV',
  'SECONDARY_TRUSTED_KEYRING',
  'SMP',
  'SYSTEM_TRUSTED_KEYS',
  'TRIM_UNUSED_KSYMS',
  'UML',
  'X86_32',
  'X86_64',
]);
