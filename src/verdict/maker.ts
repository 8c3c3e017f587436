import type { InstalledPackage } from '../model/portage.ts';

/** What builds a module for another kernel: Portage, DKMS, or a person. */
export type Maker =
  | { readonly by: 'package'; readonly package: InstalledPackage }
  | { readonly by: 'dkms'; readonly name: string; readonly version: string }
  | { readonly by: 'hand' };

export const BY_HAND: Maker = { by: 'hand' };

export function makerOf(owner: InstalledPackage | null): Maker {
  return owner === null ? BY_HAND : { by: 'package', package: owner };
}

/** null: no package does. */
export function packageOf(maker: Maker): InstalledPackage | null {
  return maker.by === 'package' ? maker.package : null;
}
