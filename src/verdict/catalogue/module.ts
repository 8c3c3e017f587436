import type { About, Severity } from '../../model/finding.ts';
import type { ModuleFile } from '../../model/module.ts';
import type { InstalledPackage } from '../../model/portage.ts';
import { sameKernel } from '../../model/same-kernel.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { aboutKernel } from '../about-kernel.ts';
import { whichKernel } from '../kernels-that-count.ts';
import { type LoadAnswer, loadAnswer } from '../load-answer.ts';
import { type Maker, packageOf } from '../maker.ts';
import { moduleGoals } from '../module-goals.ts';
import { moduleOwner } from '../module-owner.ts';
import { isUsed } from '../module-wishes.ts';
import { isComplete, type Kernel, moduleFile, type Situation } from '../situation.ts';
import { dayTime, listed } from '../words.ts';
import { entry, NOTHING } from './entry.ts';
import { failedModules, type ModulesArgs } from './failed-modules.ts';

/** What somebody has put there by hand, and does not use, may be a leftover. */
function severityOf({ situation, failed, kernel, maker }: ModulesArgs): Severity {
  const { optionalModules } = situation.snapshot.preferences;
  const optional = failed.every(
    ({ name }) => optionalModules.includes(name) || (maker.by === 'hand' && !isUsed(situation, name)),
  );
  return optional || kernel.role === 'running' ? 'warning' : 'critical';
}

function namesOf({ failed }: ModulesArgs): string {
  return listed(failed.map(({ name }) => name));
}

function about({ maker, kernel, failed }: ModulesArgs): Partial<About> {
  const modules = failed.map(({ name }) => name);
  return {
    kernel: aboutKernel(kernel),
    modules,
    package: packageOf(maker)?.cpv ?? null,
    nextBootLoses: kernel.role === 'running' ? [] : modules,
  };
}

export const moduleMissing = entry<ModulesArgs>({
  code: 'module-missing',
  meaning:
    'Modules of a package, of DKMS, or made by hand and in use are not there for a kernel that counts: the running one, or the one that boots next.',
  severities: ['critical', 'warning'],
  followsFrom: ['kernel-not-rebuilt', 'kernel-not-installed', 'sources-not-running', 'own-modules-missing'],
  when: (situation) => failedModules(situation, 'missing'),
  severity: severityOf,
  title: (args) =>
    args.failed.length === 1
      ? `There is no ${namesOf(args)} module for ${whichKernel(args.situation, args.kernel)}`
      : `There are no modules ${namesOf(args)} for ${whichKernel(args.situation, args.kernel)}`,
  text: ({ situation, maker, failed: [first, ...others] }) => {
    const more = others.length === 0 ? '' : `, nor ${listed(others.map(({ name }) => name))}`;
    return `${hasIt(situation, maker, first.name)}, but ${first.answer.why}${more}.`;
  },
  about,
  goals: moduleGoals,
});

export const moduleWillNotLoad = entry<ModulesArgs>({
  code: 'module-will-not-load',
  meaning:
    'The kernel will refuse these modules: they were built for another build of the kernel. The reason is given in the words that the kernel will log.',
  severities: ['critical', 'warning'],
  followsFrom: ['kernel-not-rebuilt', 'config-changed-since-build', 'reboot-pending'],
  when: (situation) => failedModules(situation, 'refused'),
  severity: severityOf,
  title: (args) => `${namesOf(args)} will not load on ${whichKernel(args.situation, args.kernel)}`,
  text: ({ maker, failed: [first, ...others] }) => {
    const more =
      others.length === 0
        ? ''
        : ` "aufswatch kernels" tells why it refuses ${listed(others.map(({ name }) => name))}.`;
    const by = maker.by === 'hand' ? ' No package here builds it.' : '';
    return `${first.answer.why.replace(/^./, (letter) => letter.toUpperCase())}.${by}${more}`;
  },
  about,
  goals: moduleGoals,
});

/** What speaks for the module being wanted, as the beginning of a sentence. */
function hasIt({ snapshot }: Situation, maker: Maker, name: string): string {
  switch (maker.by) {
    case 'package':
      return `${maker.package.cpv} is installed`;
    case 'dkms':
      return `DKMS has ${maker.name}/${maker.version}`;
    case 'hand': {
      const { loaded } = snapshot.running;
      const isLoaded = loaded.known && loaded.value.includes(name);
      return `${name} is ${isLoaded ? 'loaded' : 'to be loaded at each boot'} and belongs to no package`;
    }
  }
}

interface FileArgs {
  readonly file: ModuleFile;
}

interface ReloadArgs extends FileArgs {
  readonly situation: Situation;
  /** Does the running kernel take the file? Built for the kernel of the next boot, it must not be tried before. */
  readonly answer: LoadAnswer;
}

export const moduleNotReloaded = entry<ReloadArgs>({
  code: 'module-not-reloaded',
  meaning: 'The module on disk was built again since it was loaded: the old one is still in the kernel.',
  severities: ['notice'],
  when: (situation) =>
    situation.snapshot.running.modules.flatMap((loaded) => {
      const { running } = situation;
      const file = moduleFile(running, loaded.name);
      if (file === null || !file.info.known || !loaded.buildId.known) return [];
      const { buildId } = file.info.value;
      if (buildId === null || buildId === loaded.buildId.value) return [];
      const args = { situation, file, answer: loadAnswer(running, loaded.name) };
      return [{ subject: loaded.name, args }];
    }),
  severity: () => 'notice',
  title: ({ file }) => `The loaded ${file.name} is not the one on disk`,
  text: ({ situation, file, answer }) => {
    const from = loadedFrom(situation, file);
    if (from !== null)
      return `${file.path} was there before this machine was booted ${dayTime(from.bootedAt)}, and another version was loaded: it came from the initramfs${from.path === null ? '' : ` ${from.path}`}.`;
    const built = `${file.path} was built again after the module had been loaded`;
    if (answer.is === 'yes') return `${built}.`;
    const why =
      answer.is === 'no' ? 'is refused by the running kernel' : 'may be refused by the running kernel';
    return `${built}, and ${why}: leave the loaded one where it is until the next boot.`;
  },
  about: ({ situation, file }) => ({ kernel: aboutKernel(situation.running), modules: [file.name] }),
  goals: ({ situation, file, answer }) => {
    const { next } = situation;
    const from = loadedFrom(situation, file);
    if (from?.path != null && next !== null) {
      const { release } = next.identity;
      return [
        {
          is: 'initramfs-made',
          path: from.path,
          kernel: next.name,
          release: release.known ? release.value : null,
        },
        { is: 'booted', why: `loads the new ${file.name}` },
      ];
    }
    if (answer.is === 'yes') return [{ is: 'reloaded', module: file.name }];
    const isTaken = next !== null && loadAnswer(next, file.name).is === 'yes';
    return isTaken ? [{ is: 'booted', why: `the next kernel takes ${file.name}` }] : [];
  },
});

/**
 * A file that was there before the boot, and of which another version was loaded: what loaded it was the initramfs.
 * `path`: the one of the next boot, where that starts the same kernel.
 */
function loadedFrom(
  { snapshot, nextBoot, next, running }: Situation,
  file: ModuleFile,
): { readonly bootedAt: number; readonly path: string | null } | null {
  const { at } = snapshot.boot.lastBoot;
  if (!at.known || file.mtime >= at.value) return null;
  const initrd = nextBoot.kind === 'unknown' ? undefined : nextBoot.initrds.at(-1);
  const isSame = next !== null && sameKernel(next.identity, running.identity) === 'same';
  if (initrd === undefined || !initrd.path.known || !isSame) return null;
  return { bootedAt: at.value, path: initrd.path.value };
}

export const moduleLeftover = entry<FileArgs>({
  code: 'module-leftover',
  meaning:
    'An aufs module lies under /lib/modules that belongs to no package and to no kernel build: a leftover of a removed package, or made by hand. It is never rebuilt. (Portage leaves the module of an older kernel in its place when its package is built for a newer one: while that kernel is there, it is no leftover.)',
  severities: ['notice'],
  when: ({ snapshot }) =>
    snapshot.modules.flatMap(({ release, modules }) =>
      modules
        // Whose it is nobody can tell without Portage's database.
        .filter(() => snapshot.portage.form.known)
        .filter(({ name, owner, inTree }) => name === 'aufs' && owner === null && !inTree)
        .filter(() => moduleOwner(snapshot.portage, 'aufs') === null || isOrphan(snapshot, release))
        .map((file) => ({ subject: file.path, args: { file } })),
    ),
  severity: () => 'notice',
  title: ({ file }) => `${file.path} belongs to no package`,
  text: () => 'Nothing rebuilds or removes it; remove it if you did not put it there.',
  about: ({ file }) => ({ modules: [file.name] }),
  goals: () => [],
});

/** Is there for certain no kernel of this release: none runs, none is in /boot, none was compiled here? */
function isOrphan({ running, boot, sources }: Snapshot, release: string): boolean {
  if (!boot.images.known) return false;
  const compiled = sources.trees.flatMap(({ builds }) =>
    builds.filter((build) => build.identity.release.known || isComplete(build)),
  );
  const kernels = [running, ...boot.images.value, ...compiled].map(({ identity }) => identity.release);
  // An image that does not tell its release may be of this one.
  return kernels.every((other) =>
    other.known ? other.value !== release : other === running.identity.release,
  );
}

export const depmodDue = entry<{ release: string }>({
  code: 'depmod-due',
  meaning: 'A module was installed after depmod last ran for that release: modprobe does not find it.',
  severities: ['warning'],
  when: ({ snapshot }) =>
    snapshot.modules
      .filter(({ depmod }) => depmod.known && depmod.value !== 'fresh')
      .filter(({ modules, release }) => modules.length > 0 && !isOrphan(snapshot, release))
      .map(({ release }) => ({ subject: release, args: { release } })),
  severity: () => 'warning',
  title: ({ release }) => `depmod must run for ${release}`,
  text: ({ release }) =>
    `A module is newer than /lib/modules/${release}/modules.dep: modprobe may not find it.`,
  goals: ({ release }) => [{ is: 'indexed', release }],
});

/** Of AUFS that is built in, the sources tell; null: nothing does. */
function aufsVersionOf(kernel: Kernel, file: ModuleFile | null): string | null {
  if (file !== null) return file.info.known ? file.info.value.version : null;
  const isBuiltIn = kernel.aufsBuiltin.known && kernel.aufsBuiltin.value;
  return isBuiltIn && kernel.tree?.aufsVersion.known === true ? kernel.tree.aufsVersion.value : null;
}

interface UtilityArgs {
  readonly utilities: InstalledPackage;
  readonly module: string;
}

export const utilitiesMismatch = entry<UtilityArgs>({
  code: 'utilities-mismatch',
  meaning:
    'sys-fs/aufs-util is of another generation than the aufs module: its mount helpers may refuse to work with it.',
  severities: ['notice'],
  when: (situation) => {
    const { packages } = situation.snapshot.portage;
    const utilities = packages.find((installed) => installed.kinds.includes('aufs-util'));
    const file = moduleFile(situation.next ?? situation.running, 'aufs');
    const version = aufsVersionOf(situation.next ?? situation.running, file);
    if (utilities === undefined || version === null) return NOTHING;
    const made = /^(\d+)\./.exec(utilities.version)?.[1];
    const module = /^(\d+)\./.exec(version)?.[1];
    // Versions such as 0_pre20180312 name no generation.
    if (made === undefined || module === undefined || made === '0' || made === module) return NOTHING;
    return [{ subject: utilities.cpv, args: { utilities, module: version } }];
  },
  severity: () => 'notice',
  title: ({ utilities, module }) => `${utilities.cpv} does not fit the aufs module ${module}`,
  text: () => 'The mount helpers and the module should be of one generation.',
  about: ({ utilities }) => ({ package: utilities.cpv, modules: ['aufs'] }),
  goals: ({ utilities }) => [
    {
      is: 'package-merged',
      package: utilities,
      stage: 'modules',
      why: 'brings the utilities up to date',
    },
  ],
});
