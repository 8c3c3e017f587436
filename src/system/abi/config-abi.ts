import type { KernelAbi } from '../../model/abi.ts';
import type { KernelConfig } from '../../model/config.ts';
import { type Fact, mapFact } from '../../model/fact.ts';

type ConfigAbi = Pick<
  KernelAbi,
  | 'modversions'
  | 'signatures'
  | 'signatureEnforced'
  | 'modules'
  | 'namespacesOptional'
  | 'forceLoad'
  | 'livepatch'
>;

/** What the configuration alone decides about loading modules. */
export function abiOfConfig(config: Fact<KernelConfig>): ConfigAbi {
  const is = (option: string): Fact<boolean> => mapFact(config, ({ options }) => options[option] === 'y');
  return {
    modules: is('MODULES'),
    modversions: is('MODVERSIONS'),
    signatures: is('MODULE_SIG'),
    signatureEnforced: is('MODULE_SIG_FORCE'),
    namespacesOptional: is('MODULE_ALLOW_MISSING_NAMESPACE_IMPORTS'),
    forceLoad: is('MODULE_FORCE_LOAD'),
    livepatch: is('LIVEPATCH'),
  };
}
