import type { ModuleCompression } from './compression.ts';
import type { Fact } from './fact.ts';

/** What a kernel checks a module against when it loads it, with the requested symbols only. */
export interface KernelAbi {
  /** Where it was read, for a person: "Module.symvers of /usr/src/linux-6.1.192-gentoo". */
  readonly source: string;
  /** Whole vermagic of the kernel: `6.1.192-gentoo SMP preempt mod_unload modversions `. */
  readonly vermagic: Fact<string>;
  readonly modversions: Fact<boolean>;
  /** Does it check signatures at all (CONFIG_MODULE_SIG)? */
  readonly signatures: Fact<boolean>;
  /** Does it refuse unsigned modules (CONFIG_MODULE_SIG_FORCE, module.sig_enforce, lockdown)? */
  readonly signatureEnforced: Fact<boolean>;
  /** What makes it refuse them, since each logs another message; null: nothing, or not known. */
  readonly enforcedBy: 'signature' | 'lockdown' | null;
  /** The signers that it trusts. */
  readonly trustedKeys: Fact<TrustedKeys>;
  /** Can it load modules at all (CONFIG_MODULES; for the running kernel also kernel.modules_disabled)? */
  readonly modules: Fact<boolean>;
  /** Is loading switched off until the next boot (kernel.modules_disabled, nomodule)? Then `modules` is false. */
  readonly switchedOff: boolean;
  /** Was any part of it compiled as a module (`=m`)? */
  readonly modular: Fact<boolean>;
  /** Does it export only what its own modules use (TRIM_UNUSED_KSYMS)? */
  readonly trims: Fact<boolean>;
  /** Does it accept a missing namespace import (MODULE_ALLOW_MISSING_NAMESPACE_IMPORTS)? */
  readonly namespacesOptional: Fact<boolean>;
  /** Does it accept a symbol that the module's version table lacks (kernel/module/version.c)? */
  readonly versionGaps: Fact<boolean>;
  /** Names of modules that it refuses (module_blacklist= on its command line). */
  readonly blacklist: readonly string[];
  /** Does it load modules whose version table or vermagic is missing (MODULE_FORCE_LOAD)? */
  readonly forceLoad: Fact<boolean>;
  /** Does it load live patches (LIVEPATCH)? */
  readonly livepatch: Fact<boolean>;
  /** Size of its struct module, bytes. Without CRCs it is the only evidence that a module was compiled for another kernel. */
  readonly structSize: Fact<number>;
  /**
   * It may refuse modules that are older than this, because their BTF does not fit its own: when the kernel was compiled, ms, or
   * where only its image is at hand, when that was installed. null: it does not check BTF.
   */
  readonly btfSince: Fact<number | null>;
  /** ELF class, byte order and machine of the kernel itself, as `64 little 62`. */
  readonly elf: Fact<string>;
  /** The compression that the kernel itself can unpack (MODULE_DECOMPRESS); null: none. */
  readonly unpacks: Fact<ModuleCompression | null>;
  readonly exports: Fact<ExportTable>;
}

/** The keys that were built into a kernel (certs/ of its build directory). */
export interface TrustedKeys {
  readonly signers: readonly KernelSigner[];
  /** Can keys be added while it runs, or come from the firmware (a secondary, platform or machine keyring)? */
  readonly open: boolean;
}

/** A signer that a kernel trusts. */
export interface KernelSigner {
  /** Taken from the certificate, in the form of ModuleSignature.signer. */
  readonly name: string;
  /** null: the certificate is not at hand, or holds another kind of key. */
  readonly key: PublicKey | null;
}

export type PublicKey = RsaKey | EcKey;

export interface EcKey {
  readonly curve: 'p256' | 'p384';
  /** The point, in hexadecimal digits. */
  readonly x: string;
  readonly y: string;
}

export interface RsaKey {
  /** In hexadecimal digits. */
  readonly modulus: string;
  readonly exponent: number;
}

/**
 * Which of the requested symbols the kernel exports. A requested name that is absent from `symbols` is not exported.
 * `module_layout` is among them where CRCs are known.
 */
export interface ExportTable {
  /** Its source: `symvers` has everything; `system-map` has names and mostly GPL, seldom CRCs. */
  readonly kind: 'symvers' | 'system-map' | 'kallsyms' | 'vmlinux';
  readonly symbols: Readonly<Record<string, KernelExport>>;
}

/** null is "not known" in each field. */
export interface KernelExport {
  /** CRC of the symbol; 0 where the kernel has no MODVERSIONS. */
  readonly crc: number | null;
  readonly gplOnly: boolean | null;
  /** '' : no namespace. */
  readonly namespace: string | null;
  /**
   * `vmlinux`, or the module that exports it, as `fs/exportfs/exportfs`; '' : vmlinux does not export it, and it is not
   * known whether a module does.
   */
  readonly from: string;
}
