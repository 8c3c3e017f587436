import type { ModuleFile } from '../../model/module.ts';
import type { InstalledPackage } from '../../model/portage.ts';
import { sameKernel } from '../../model/same-kernel.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { aboutKernel } from '../about-kernel.ts';
import { isComplete, type Kernel, moduleFile } from '../kernel/kernel.ts';
import { type LoadAnswer, loadAnswer } from '../load-answer.ts';
import { moduleOwner } from '../module-owner.ts';
import type { Situation } from '../situation.ts';
import { dayTime } from '../words.ts';
import { entry, NOTHING } from './entry.ts';

interface FileArgs {
  readonly file: ModuleFile;
}

interface ReloadArgs extends FileArgs {
  readonly situation: Situation;
  /** Whether the running kernel takes the file. If it was built for the next kernel, it must not be reloaded before the boot. */
  readonly answer: LoadAnswer;
}

export const moduleNotReloaded = entry<ReloadArgs>({
  code: 'module-not-reloaded',
  meaning: 'The module on disk was built again after it was loaded: the kernel still has the old one.',
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
      return `The initramfs${from.path === null ? '' : ` ${from.path}`} loaded another version: ${file.path} was already there when this machine was booted (${dayTime(from.bootedAt)}).`;
    const built = `${file.path} was built again after the module was loaded`;
    if (answer.is === 'yes') return `${built}.`;
    const refuses = answer.is === 'no' ? 'refuses' : 'may refuse';
    return `Do not reload it before the next boot: the running kernel ${refuses} the new file. ${built}.`;
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
 * When a file was there before the boot but another version is loaded, the initramfs loaded that one. null: not so.
 * `path`: the initramfs of the next boot, if that starts the same kernel.
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
    'Under /lib/modules there is an aufs module that belongs to no package and to no kernel build: a leftover of a removed package, or made by hand. It is never rebuilt. (When its package is built for a newer kernel, Portage keeps the module for the older one. While that kernel is there, its module is not a leftover.)',
  severities: ['notice'],
  when: ({ snapshot }) =>
    snapshot.modules.flatMap(({ release, modules }) =>
      modules
        // Without Portage's database the owner is not known.
        .filter(() => snapshot.portage.form.known)
        .filter(({ name, owner, inTree }) => name === 'aufs' && owner === null && !inTree)
        .filter(() => moduleOwner(snapshot.portage, 'aufs') === null || isOrphan(snapshot, release))
        .map((file) => ({ subject: file.path, args: { file } })),
    ),
  severity: () => 'notice',
  title: ({ file }) => `${file.path} belongs to no package`,
  text: () => 'Nothing rebuilds or removes it. Delete it unless you put it there.',
  about: ({ file }) => ({ modules: [file.name] }),
  goals: () => [],
});

/** True if there is certainly no kernel of this release: none runs, none is in /boot, and none was compiled here. */
function isOrphan({ running, boot, sources }: Snapshot, release: string): boolean {
  if (!boot.images.known) return false;
  const compiled = sources.trees.flatMap(({ builds }) =>
    builds.filter((build) => build.identity.release.known || isComplete(build)),
  );
  const kernels = [running, ...boot.images.value, ...compiled].map(({ identity }) => identity.release);
  // An image whose release is not known may have this one.
  return kernels.every((other) =>
    other.known ? other.value !== release : other === running.identity.release,
  );
}

export const depmodDue = entry<{ release: string }>({
  code: 'depmod-due',
  meaning:
    'A module was installed after depmod last ran for that kernel release, so modprobe may not find it.',
  severities: ['warning'],
  when: ({ snapshot }) =>
    snapshot.modules
      .filter(({ depmod }) => depmod.known && depmod.value !== 'fresh')
      .filter(({ modules, release }) => modules.length > 0 && !isOrphan(snapshot, release))
      .map(({ release }) => ({ subject: release, args: { release } })),
  severity: () => 'warning',
  title: ({ release }) => `depmod must run for ${release}`,
  text: ({ release }) =>
    `modprobe may not find a new module: one is newer than /lib/modules/${release}/modules.dep.`,
  goals: ({ release }) => [{ is: 'indexed', release }],
});

/** The version of the module, or of the sources if AUFS is built in; null: not known. */
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
    'sys-fs/aufs-util is of another generation than the aufs module. Its mount helpers may refuse to work with the module.',
  severities: ['notice'],
  when: (situation) => {
    const { packages } = situation.snapshot.portage;
    const utilities = packages.find((installed) => installed.kinds.includes('aufs-util'));
    const file = moduleFile(situation.next ?? situation.running, 'aufs');
    const version = aufsVersionOf(situation.next ?? situation.running, file);
    if (utilities === undefined || version === null) return NOTHING;
    const made = /^(\d+)\./.exec(utilities.version)?.[1];
    const module = /^(\d+)\./.exec(version)?.[1];
    // A version such as 0_pre20180312 names no generation.
    if (made === undefined || module === undefined || made === '0' || made === module) return NOTHING;
    return [{ subject: utilities.cpv, args: { utilities, module: version } }];
  },
  severity: () => 'notice',
  title: ({ utilities, module }) => `${utilities.cpv} does not fit the aufs module ${module}`,
  text: () => 'The mount helpers may refuse to work. Helpers and module should be of the same generation.',
  about: ({ utilities }) => ({ package: utilities.cpv, modules: ['aufs'] }),
  goals: ({ utilities }) => [
    {
      is: 'package-merged',
      package: utilities,
      stage: 'modules',
      why: 'updates the utilities',
    },
  ],
});
