import type { KernelAbi } from '../../model/abi.ts';
import { compressOption, MODULE_COMPRESSIONS, type ModuleCompression } from '../../model/compression.ts';
import type { KernelConfig } from '../../model/config.ts';
import { chainFact, type Fact, known, mapFact } from '../../model/fact.ts';

/** The properties that follow from the configuration. */
export type ConfigAbi = Pick<
  KernelAbi,
  | 'modversions'
  | 'signatures'
  | 'signatureEnforced'
  | 'enforcedBy'
  | 'modules'
  | 'modular'
  | 'trims'
  | 'namespacesOptional'
  | 'forceLoad'
  | 'livepatch'
  | 'unpacks'
>;

/**
 * What the configuration decides about loading modules; with IMA_ARCH_POLICY, together with the firmware's Secure
 * Boot.
 */
export function abiOfConfig(config: Fact<KernelConfig>, secureBoot: Fact<boolean>): ConfigAbi {
  const is = (option: string): Fact<boolean> => mapFact(config, ({ options }) => options[option] === 'y');
  const signatureEnforced = chainFact(config, ({ options }) => isEnforced(options, secureBoot));
  return {
    modules: is('MODULES'),
    modular: mapFact(config, ({ modular }) => modular),
    trims: is('TRIM_UNUSED_KSYMS'),
    modversions: is('MODVERSIONS'),
    signatures: is('MODULE_SIG'),
    signatureEnforced,
    enforcedBy:
      config.known && signatureEnforced.known && signatureEnforced.value
        ? enforcedBy(config.value.options)
        : null,
    namespacesOptional: is('MODULE_ALLOW_MISSING_NAMESPACE_IMPORTS'),
    forceLoad: is('MODULE_FORCE_LOAD'),
    livepatch: is('LIVEPATCH'),
    unpacks: mapFact(config, ({ options }) => unpacked(options)),
  };
}

/** Does the kernel refuse a module whose BTF does not match its own (kernel/bpf/btf.c)? */
export function checksBtf({ options }: KernelConfig): boolean {
  return options.DEBUG_INFO_BTF_MODULES === 'y' && options.MODULE_ALLOW_BTF_MISMATCH !== 'y';
}

/**
 * Unsigned modules are refused with CONFIG_MODULE_SIG_FORCE; in lockdown (security/lockdown), in which a kernel can
 * be configured to start; and under Secure Boot if IMA's rules for the architecture are on (ima_efi.c).
 */
function isEnforced(options: KernelConfig['options'], secureBoot: Fact<boolean>): Fact<boolean> {
  const on = (option: string): boolean => options[option] === 'y';
  if (on('MODULE_SIG_FORCE') || isLockedDown(options)) return known(true);
  return isSignedBySecureBoot(options) || on('LOCK_DOWN_IN_EFI_SECURE_BOOT') ? secureBoot : known(false);
}

/** IMA sets the same variable as module.sig_enforce. */
function isSignedBySecureBoot(options: KernelConfig['options']): boolean {
  return options.MODULE_SIG === 'y' && options.IMA_ARCH_POLICY === 'y';
}

/** module_sig_check() (kernel/module/signing.c) checks lockdown last. */
function enforcedBy(options: KernelConfig['options']): 'signature' | 'lockdown' {
  if (options.MODULE_SIG_FORCE === 'y') return 'signature';
  return isSignedBySecureBoot(options) && !isLockedDown(options) ? 'signature' : 'lockdown';
}

/** The lockdown LSM is active if it is early, or if CONFIG_LSM lists it. */
function isLockedDown(options: KernelConfig['options']): boolean {
  const on = (option: string): boolean => options[option] === 'y';
  const forced = on('LOCK_DOWN_KERNEL_FORCE_INTEGRITY') || on('LOCK_DOWN_KERNEL_FORCE_CONFIDENTIALITY');
  const called = on('SECURITY_LOCKDOWN_LSM_EARLY') || (options.LSM ?? '').split(',').includes('lockdown');
  return forced && called;
}

/** The kernel can decompress what `make modules_install` compresses for it (kernel/module/Kconfig). */
function unpacked(options: KernelConfig['options']): ModuleCompression | null {
  if (options.MODULE_DECOMPRESS !== 'y') return null;
  return MODULE_COMPRESSIONS.find((name) => options[compressOption(name)] === 'y') ?? null;
}
