import type { InstalledPackage } from '../model/portage.ts';
import { sameKernel } from '../model/same-kernel.ts';
import { awaitsInstallation } from './awaits-installation.ts';
import { awaitsMenu } from './boot-menu.ts';
import type { Goal } from './goal.ts';
import type { Kernel } from './kernel/kernel.ts';
import { type LoadAnswer, loadAnswer } from './load-answer.ts';
import type { RefusalReason } from './loadable/answer.ts';
import { type Maker, makerOf, packageOf } from './maker.ts';
import { moduleOwner } from './module-owner.ts';
import type { Situation } from './situation.ts';
import { listed } from './words.ts';

/** Modules of one maker that a kernel lacks, and why. */
export interface Lacking {
  readonly situation: Situation;
  readonly maker: Maker;
  readonly kernel: Kernel;
  readonly failed: readonly { readonly name: string; readonly answer: LoadAnswer }[];
}

/** The goals for a kernel to have the modules, by the reason for which it refuses each of them. */
export function moduleGoals(lacking: Lacking): Goal[] {
  const { situation, kernel, failed } = lacking;
  const left = leftToReboot(lacking);
  if (left !== null) return [left];
  const listed = leftToMenu(lacking);
  if (listed.length > 0) return listed;
  const goals = failed.flatMap(({ name, answer }) =>
    answer.refusal === null
      ? [...ownModulesFor(situation, kernel), ...built(lacking, name)]
      : byReason(lacking, name, answer.refusal),
  );
  return goals.length === 0 ? [] : [...goals, ...newKernel(situation, kernel)];
}

/** What only the running kernel lacks is not built for it where another kernel boots next that has it, or will have it. */
function leftToReboot({ situation: { running, next }, kernel, failed }: Lacking): Goal | null {
  if (kernel.role !== 'running' || next === null) return null;
  if (sameKernel(running.identity, next.identity) === 'same') return null;
  const names = failed.map(({ name }) => name);
  // Of two kernels of one release only one can have modules in /lib/modules/RELEASE.
  const shares = isSameRelease(running, next);
  const isUnknown = names.some((name) => loadAnswer(next, name).is === 'unknown');
  if (isUnknown && !shares) return null;
  return {
    is: 'booted',
    why: `starts ${next.name}, which ${isUnknown ? 'may take' : 'takes'} ${listed(names)}`,
  };
}

/**
 * An old kernel boots next only because the menu does not list the one that was installed last, and that one loads the modules.
 * So nothing is built for the old one.
 */
function leftToMenu({ situation, kernel, failed }: Lacking): Goal[] {
  const { built, running } = situation;
  if (kernel.role !== 'next' || built === null || !awaitsMenu(situation)) return [];
  const lacksNothing = failed.every(({ name }) => loadAnswer(built, name).is === 'yes');
  const isIt = sameKernel(built.identity, kernel.identity) === 'same';
  if (!lacksNothing || isIt || sameKernel(built.identity, running.identity) === 'same') return [];
  const why = `starts ${built.name}, which takes ${listed(failed.map(({ name }) => name))}`;
  return [{ is: 'listed-in-menu' }, { is: 'booted', why }];
}

function isSameRelease({ identity: a }: Kernel, { identity: b }: Kernel): boolean {
  return a.release.known && b.release.known && a.release.value === b.release.value;
}

/** The kernel's own modules come before those of packages, which may need them. */
function ownModulesFor(situation: Situation, kernel: Kernel): Goal[] {
  const isSelected = situation.tree !== null && kernel.build !== null && kernel.build === situation.build;
  const isDue = kernel.ownModules.known && kernel.ownModules.value === 'none';
  return isDue && isSelected ? [{ is: 'own-modules' }] : [];
}

function built({ maker, kernel }: Lacking, name: string): Goal[] {
  const { release } = kernel.identity;
  return [
    {
      is: 'module-built',
      maker,
      modules: [name],
      release: release.known ? release.value : null,
    },
  ];
}

function byReason(lacking: Lacking, name: string, reason: RefusalReason): Goal[] {
  const { maker, situation, kernel } = lacking;
  const owner = packageOf(maker);
  const byHand = (what: string): Goal[] => [{ is: 'done-by-hand', stage: 'modules', what }];
  switch (reason.is) {
    case 'unsigned':
      return signed(lacking, name);
    case 'unknown-key':
    case 'bad-signature':
      return owner !== null && uses(owner, SIGN)
        ? built(lacking, name)
        : byHand(
            `sign ${name} with a key that ${kernel.name} trusts: that kernel loads no module with another signature`,
          );
    case 'trimmed':
      return [
        {
          is: 'configured',
          option: 'TRIM_UNUSED_KSYMS',
          value: 'n',
          why: 'lets the kernel export the symbols that out-of-tree modules need',
        },
        ...built(lacking, name),
      ];
    case 'modules-off':
      return reason.by === 'switch'
        ? [{ is: 'booted', why: 'after a reboot the kernel loads modules again' }]
        : [
            { is: 'configured', option: 'MODULES', value: 'y', why: 'lets the kernel load modules' },
            ...built(lacking, name),
          ];
    case 'blacklisted':
      return [
        {
          is: 'done-by-hand',
          stage: 'menu',
          what: `remove ${name} from module_blacklist= on the kernel's command line (in the boot loader's configuration)`,
        },
      ];
    case 'needs-module':
      return neededModule(lacking, reason);
    case 'packing':
      // linux-mod-r1.eclass packs with the check that the kernel knows.
      return maker.by !== 'hand'
        ? built(lacking, name)
        : byHand(
            `unpack ${name} and compress it again with xz --check=crc32: the kernel cannot unpack xz files with another checksum`,
          );
    case 'gpl-only':
      return byHand(
        `install a version of ${owner === null ? name : packageName(owner)} for this kernel: the installed one uses ${reason.symbol}, which is only for modules under the GPL`,
      );
    case 'livepatch':
      return [
        { is: 'configured', option: 'LIVEPATCH', value: 'y', why: 'lets the kernel load live patches' },
        ...built(lacking, name),
      ];
    case 'duplicate-export':
      return byHand(
        `remove ${name}, or build the kernel without the same feature: both export ${reason.symbol}`,
      );
    case 'defect':
    case 'changed':
    case 'elf-machine':
    case 'struct-size':
    case 'no-versions':
    case 'vermagic':
    case 'symbol-missing':
    case 'symbol-version':
    case 'symbol-unversioned':
    case 'namespace':
    case 'seen':
      return isOwnModule(situation, kernel, name) ? [{ is: 'own-modules' }] : built(lacking, name);
  }
}

const SIGN = 'modules-sign';

/** linux-mod-r1.eclass signs only with USE=modules-sign: without it a new build is unsigned again. */
function signed(lacking: Lacking, name: string): Goal[] {
  const { kernel, maker } = lacking;
  const owner = packageOf(maker);
  // DKMS signs what it builds.
  if (maker.by === 'dkms') return built(lacking, name);
  if (owner === null || uses(owner, SIGN) || !knowsFlag(owner, SIGN)) {
    const what = `sign ${name} with a key that ${kernel.name} trusts: that kernel loads no unsigned module`;
    return [{ is: 'done-by-hand', stage: 'modules', what }];
  }
  return [
    {
      is: 'use-flag',
      package: owner,
      flag: SIGN,
      stage: 'modules',
      why: 'the kernel loads only signed modules, and without that flag the package does not sign them',
    },
    ...built(lacking, name),
  ];
}

function uses({ use }: InstalledPackage, flag: string): boolean {
  return use.known && use.value.includes(flag);
}

/** Where the flags are not known, the answer is yes: all packages of linux-mod-r1.eclass have this one. */
function knowsFlag({ iuse }: InstalledPackage, flag: string): boolean {
  return !iuse.known || iuse.value.includes(flag);
}

function packageName({ category, name }: InstalledPackage): string {
  return `${category}/${name}`;
}

/** The other module is missing or refused: the goals are those of its maker. */
function neededModule(
  lacking: Lacking,
  { name, because }: Extract<RefusalReason, { readonly is: 'needs-module' }>,
): Goal[] {
  const { situation, kernel } = lacking;
  const owner = moduleOwner(situation.snapshot.portage, name);
  if (owner === null && isOwnModule(situation, kernel, name)) return [{ is: 'own-modules' }];
  const other = { ...lacking, maker: owner === null ? lacking.maker : makerOf(owner) };
  return because === 'missing' ? built(other, name) : byReason(other, name, because);
}

/** Is it a module of the kernel itself? */
function isOwnModule({ snapshot }: Situation, kernel: Kernel, name: string): boolean {
  if (moduleOwner(snapshot.portage, name) !== null) return false;
  const isOwn = kernel.build !== null;
  return isOwn && (kernel.modules?.modules.find((file) => file.name === name)?.inTree ?? false);
}

/** Where the sources changed since, the modules are built for their new kernel, so that one must be built or installed, too. */
function newKernel(situation: Situation, kernel: Kernel): Goal[] {
  const { build, wanted } = situation;
  if (build === null) return [];
  const isStale = wanted.answer === 'yes' && build.stale.length > 0;
  // Modules that are built now use the present auto.conf, not the kernel's own configuration.
  const isBehind = isStale || (build.preparedAsBuilt.known && !build.preparedAsBuilt.value);
  const isSelected = kernel.build === build;
  if (isBehind && (isSelected || awaitsInstallation(situation))) return [{ is: 'compiled' }];
  return awaitsInstallation(situation) ? [{ is: 'installed' }] : [];
}
