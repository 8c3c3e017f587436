import { moduleName } from '../model/module-name.ts';
import { byVersion } from '../model/version-order.ts';
import { chooseModule } from './choose-module.ts';
import type { Kernel } from './kernel/kernel.ts';
import { BY_HAND, type Maker } from './maker.ts';
import type { Situation } from './situation.ts';

/** Modules of one maker that a kernel should have; not aufs, which has findings of its own. */
export interface ModuleWish {
  readonly maker: Maker;
  readonly names: readonly string[];
}

/**
 * What a kernel should have of modules out of its tree: those that packages have under /lib/modules for whatever release,
 * those of DKMS, and those that somebody put there by hand.
 */
export function moduleWishes(situation: Situation, kernel: Kernel): ModuleWish[] {
  const { snapshot } = situation;
  const ignored = new Set(['aufs', ...snapshot.preferences.ignoredModules]);
  const taken = new Set(ignored);
  const own = (maker: Maker, names: readonly string[]): ModuleWish => {
    const free = [...new Set(names)].filter((name) => !taken.has(name));
    for (const name of free) taken.add(name);
    return { maker, names: free };
  };
  const ofPackages = snapshot.portage.packages
    // Of two packages that bring one module, the last one counts.
    .toReversed()
    .map((owner) =>
      own(
        { by: 'package', package: owner },
        owner.modules.map(({ path }) => moduleName(path)),
      ),
    )
    .reverse();
  const ofDkms = snapshot.dkms
    .toSorted((a, b) => byVersion(b.version, a.version))
    .map(({ name, version, modules }) =>
      own(
        { by: 'dkms', name, version },
        modules.filter((each) => isInstalledSomewhere(situation, each)),
      ),
    );
  const wishes = [...ofPackages, ...ofDkms, ...byHand(situation, kernel).map((name) => own(BY_HAND, [name]))];
  return wishes.filter(({ names }) => names.length > 0);
}

/** Built for one kernel, and not put into /lib/modules, is a try. */
function isInstalledSomewhere({ snapshot }: Situation, name: string): boolean {
  return snapshot.modules.some(({ modules }) =>
    modules.some((file) => file.name === name && file.owner === null && !file.inTree),
  );
}

/**
 * Nobody says of such a module for which kernels it shall be. One that is there for this kernel shall load. One that is
 * there for the running kernel shall be there for the next, where it is in use: Portage, too, leaves modules of packages
 * that are gone.
 */
function byHand(situation: Situation, kernel: Kernel): string[] {
  const { snapshot, running } = situation;
  // Whose a file is nobody can tell without Portage's database.
  if (!snapshot.portage.form.known && snapshot.portage.form.code !== 'missing') return [];
  const used = ofNobody(running).filter((name) => isUsed(situation, name));
  return [...new Set([...ofNobody(kernel), ...used])].sort();
}

/** Names for which modprobe takes a file of nobody. */
function ofNobody({ modules }: Kernel): string[] {
  const all = modules?.modules ?? [];
  return all
    .filter((file) => file.owner === null && !file.inTree && chooseModule(all, file.name) === file)
    .map(({ name }) => name);
}

/** Is it loaded now, or loaded at each boot by the machine's own configuration? */
export function isUsed({ snapshot }: Situation, name: string): boolean {
  const { loaded } = snapshot.running;
  const { wanted } = snapshot.boot.loading;
  return (loaded.known && loaded.value.includes(name)) || wanted.some((each) => each.name === name);
}
