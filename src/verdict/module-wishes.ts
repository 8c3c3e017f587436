import { moduleName } from '../model/module-name.ts';
import { byVersion } from '../model/version-order.ts';
import { chooseModule } from './choose-module.ts';
import type { Kernel } from './kernel/kernel.ts';
import { BY_HAND, type Maker } from './maker.ts';
import type { Situation } from './situation.ts';

/** Modules of one maker that a kernel should have, without aufs, which has its own findings. */
export interface ModuleWish {
  readonly maker: Maker;
  readonly names: readonly string[];
}

/**
 * The out-of-tree modules that a kernel should have: those that packages have under /lib/modules for any release, those of DKMS,
 * and those that somebody installed by hand.
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
    // If two packages have the same module, the last one counts.
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

/** A module that was built but never installed was only an experiment. */
function isInstalledSomewhere({ snapshot }: Situation, name: string): boolean {
  return snapshot.modules.some(({ modules }) =>
    modules.some((file) => file.name === name && file.owner === null && !file.inTree),
  );
}

/**
 * Modules without an owner. Nothing says which kernels need them: one that exists for this kernel should load; one that exists for
 * the running kernel should exist for the next, but only if it is in use, because Portage leaves modules of removed packages.
 */
function byHand(situation: Situation, kernel: Kernel): string[] {
  const { snapshot, running } = situation;
  // Without Portage's database the owner of a file is not known.
  if (!snapshot.portage.form.known && snapshot.portage.form.code !== 'missing') return [];
  const used = ofNobody(running).filter((name) => isUsed(situation, name));
  return [...new Set([...ofNobody(kernel), ...used])].sort();
}

/** Names for which modprobe loads a file without an owner. */
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
