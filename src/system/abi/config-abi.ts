import type { KernelAbi } from '../../model/abi.ts';
import type { KernelConfig } from '../../model/config.ts';
import { chainFact, type Fact, known, mapFact } from '../../model/fact.ts';

type ConfigAbi = Pick<
  KernelAbi,
  | 'modversions'
  | 'signatures'
  | 'signatureEnforced'
  | 'modules'
  | 'modular'
  | 'trims'
  | 'namespacesOptional'
  | 'forceLoad'
  | 'livepatch'
>;

/**
 * What the configuration alone decides about loading modules; where it says so (IMA_ARCH_POLICY), together with the
 * firmware's Secure Boot.
 */
export function abiOfConfig(config: Fact<KernelConfig>, secureBoot: Fact<boolean>): ConfigAbi {
  const is = (option: string): Fact<boolean> => mapFact(config, ({ options }) => options[option] === 'y');
  return {
    modules: is('MODULES'),
    modular: mapFact(config, ({ modular }) => modular),
    trims: is('TRIM_UNUSED_KSYMS'),
    modversions: is('MODVERSIONS'),
    signatures: is('MODULE_SIG'),
    signatureEnforced: chainFact(config, ({ options }) => signatureEnforced(options, secureBoot)),
    namespacesOptional: is('MODULE_ALLOW_MISSING_NAMESPACE_IMPORTS'),
    forceLoad: is('MODULE_FORCE_LOAD'),
    livepatch: is('LIVEPATCH'),
  };
}

/**
 * Unsigned modules are refused by CONFIG_MODULE_SIG_FORCE; in lockdown (security/lockdown), which a kernel can be
 * configured to begin in; and with Secure Boot where IMA's rules for the architecture are on (ima_efi.c).
 */
function signatureEnforced(options: KernelConfig['options'], secureBoot: Fact<boolean>): Fact<boolean> {
  const on = (option: string): boolean => options[option] === 'y';
  if (on('MODULE_SIG_FORCE') || isLockedDown(options)) return known(true);
  const bySecureBoot = (on('MODULE_SIG') && on('IMA_ARCH_POLICY')) || on('LOCK_DOWN_IN_EFI_SECURE_BOOT');
  return bySecureBoot ? secureBoot : known(false);
}

/** The module of lockdown is called early, or where CONFIG_LSM lists it. */
function isLockedDown(options: KernelConfig['options']): boolean {
  const on = (option: string): boolean => options[option] === 'y';
  const forced = on('LOCK_DOWN_KERNEL_FORCE_INTEGRITY') || on('LOCK_DOWN_KERNEL_FORCE_CONFIDENTIALITY');
  const called = on('SECURITY_LOCKDOWN_LSM_EARLY') || (options.LSM ?? '').split(',').includes('lockdown');
  return forced && called;
}
