import type { KernelIdentity } from '../../src/model/build.ts';
import { known, unknown } from '../../src/model/fact.ts';
import type { BootFacts } from '../../src/model/image.ts';

const NOT_ASKED = unknown('no-data', 'not asked');

export const UNKNOWN_IDENTITY: KernelIdentity = {
  release: NOT_ASKED,
  utsVersion: NOT_ASKED,
  buildId: NOT_ASKED,
};

/** The result of reading the boot files; by default empty. */
export function bootFacts(found: Partial<BootFacts>): BootFacts {
  return {
    images: known([]),
    toMount: null,
    links: [],
    releases: [],
    grubMenu: null,
    loaders: [],
    unseen: [],
    lastBoot: {
      at: NOT_ASKED,
      commandLine: NOT_ASKED,
      uefi: NOT_ASKED,
      firmwareEntry: NOT_ASKED,
      loader: NOT_ASKED,
      entry: NOT_ASKED,
    },
    loading: { blacklisted: [], replaced: [], wanted: [], unread: [] },
    initramfs: [],
    initramfsTools: [],
    ...found,
  };
}
