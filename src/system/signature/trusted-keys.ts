import type { TrustedKeys } from '../../model/abi.ts';
import type { KernelConfig } from '../../model/config.ts';
import { chainFact, type Fact, mapFact } from '../../model/fact.ts';
import { MIB } from '../open-file.ts';
import type { Root } from '../root.ts';
import { signersOfCertificates } from './signer.ts';

/** Options of keyrings besides the built-in one. Only the running kernel knows their keys. */
const OPEN = ['SECONDARY_TRUSTED_KEYRING', 'INTEGRITY_PLATFORM_KEYRING', 'INTEGRITY_MACHINE_KEYRING'];

/**
 * The certificates that a build has compiled into its kernel (certs/Makefile): that of its own key, and those of
 * CONFIG_SYSTEM_TRUSTED_KEYS.
 */
export function readTrustedKeys(
  root: Root,
  directory: string,
  config: Fact<KernelConfig>,
): Fact<TrustedKeys> {
  const own = root.readBytes(`${directory}/certs/signing_key.x509`, MIB);
  const list = root.readBytes(`${directory}/certs/x509_certificate_list`, MIB);
  return chainFact(config, ({ options }) =>
    mapFact(own, (certificate) => ({
      signers: [certificate, ...(list.known ? [list.value] : [])].flatMap(signersOfCertificates),
      open: hasOpenKeyrings(config) || lacksList(list, options),
    })),
  );
}

/** Can keys be added after the build? Yes if the configuration is unknown. */
export function hasOpenKeyrings(config: Fact<KernelConfig>): boolean {
  return !config.known || OPEN.some((option) => config.value.options[option] === 'y');
}

function lacksList(list: Fact<Buffer>, options: KernelConfig['options']): boolean {
  return !list.known && (options.SYSTEM_TRUSTED_KEYS ?? '') !== '';
}
