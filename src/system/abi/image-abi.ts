import { chainFact, type Fact, known, mapFact, unknown } from '../../model/fact.ts';
import type { KernelImage } from '../vmlinux/kernel-image.ts';
import { abiOfConfig, type ConfigAbi } from './config-abi.ts';

/** What the image shows about loading modules: by the configuration in it, else by its strings. */
export function abiOfImage({ config, loader, exports }: KernelImage, secureBoot: Fact<boolean>): ConfigAbi {
  if (config.known) return abiOfConfig(config, secureBoot);
  const byFirmware = loader.enforced.known && loader.enforced.value === 'firmware';
  return {
    modules: mapFact(exports, () => true),
    modular: unknown('no-data', 'the image does not tell whether parts of it were compiled as modules'),
    trims: unknown('no-data', 'the image does not tell whether it trims its exports'),
    modversions: mapFact(loader.vermagic, hasModversions),
    signatures: loader.signatures,
    signatureEnforced: chainFact(loader.enforced, (value) =>
      value === 'firmware' ? secureBoot : known(value),
    ),
    enforcedBy: !loader.enforced.known || loader.enforced.value === false ? null : by(byFirmware),
    namespacesOptional: loader.namespacesOptional,
    forceLoad: loader.forceLoad,
    livepatch: loader.livepatch,
    unpacks: loader.unpacks,
  };
}

/** null: if the firmware decides, the image does not show whether through IMA or lockdown. */
function by(firmware: boolean): 'signature' | null {
  return firmware ? null : 'signature';
}

/** CONFIG_MODVERSIONS is a word of the vermagic (include/linux/vermagic.h). */
export function hasModversions(vermagic: string): boolean {
  return vermagic.split(' ').includes('modversions');
}
