import { DRIVER_FLAGS, type LeftOutDriver, STORAGE_DRIVERS } from '../../model/docker.ts';
import { type Fact, known } from '../../model/fact.ts';
import type { InstalledPackage } from '../../model/portage.ts';
import { VDB } from '../portage/read-portage.ts';
import { openVdbFields } from '../portage/vdb-fields.ts';
import type { Root } from '../root.ts';

/**
 * The drivers that the package was built without: Gentoo's ebuilds build dockerd with the tag exclude_graphdriver_X for
 * each driver whose USE flag is off. The drivers with a flag differ between versions, so IUSE of the package tells them.
 * An engine that belongs to no package has all drivers.
 */
export function readLeftOut(root: Root, found: InstalledPackage | undefined): Fact<readonly LeftOutDriver[]> {
  if (found === undefined) return known([]);
  const { cpv, use } = found;
  const iuse = openVdbFields(root, `${VDB}/${cpv}`).field('IUSE');
  // Portage writes no file for an empty field.
  if (!iuse.known && iuse.code !== 'missing') return iuse;
  const flags = (iuse.known ? iuse.value : '').split(/\s+/).map((flag) => flag.replace(/^[+-]/, ''));
  const having = STORAGE_DRIVERS.flatMap((driver) => {
    const flag = DRIVER_FLAGS[driver];
    return flag !== undefined && flags.includes(flag) ? [{ driver, flag }] : [];
  });
  if (having.length === 0) return known([]);
  return use.known ? known(having.filter(({ flag }) => !use.value.includes(flag))) : use;
}
