import { moduleName } from '../model/module-name.ts';
import type { InstalledPackage, PortageFacts } from '../model/portage.ts';

const owners = new WeakMap<PortageFacts['packages'], ReadonlyMap<string, InstalledPackage>>();

/** The first package with a module of this name, for any kernel; null: none. */
export function moduleOwner(
  { packages }: Pick<PortageFacts, 'packages'>,
  name: string,
): InstalledPackage | null {
  let byName = owners.get(packages);
  if (byName === undefined) {
    byName = ownersOf(packages);
    owners.set(packages, byName);
  }
  return byName.get(name) ?? null;
}

function ownersOf(packages: PortageFacts['packages']): ReadonlyMap<string, InstalledPackage> {
  const byName = new Map<string, InstalledPackage>();
  for (const installed of packages) {
    for (const { path } of installed.modules) {
      const name = moduleName(path);
      if (!byName.has(name)) byName.set(name, installed);
    }
  }
  return byName;
}
