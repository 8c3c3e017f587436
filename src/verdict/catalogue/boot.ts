import type { Loader, LoaderEntry } from '../../model/boot.ts';
import type { BootImage } from '../../model/image.ts';
import { sameKernel } from '../../model/same-kernel.ts';
import type { KnownBoot } from '../../model/verdict.ts';
import { aboutKernel } from '../about-kernel.ts';
import { awaitsMenu, entryFor, imagesOfBuilt, makeDefault, menuOf, startOnce } from '../boot-menu.ts';
import { LOADER_NAMES } from '../boot-words.ts';
import type { Goal } from '../goal.ts';
import { type Kernel, kernelName } from '../kernel/kernel.ts';
import { isOfRelease } from '../pinned.ts';
import { dayTime } from '../words.ts';
import { entry, NOTHING } from './entry.ts';

interface MenuArgs {
  readonly loader: Loader;
  readonly kernel: Kernel;
  readonly image: BootImage;
}

export const kernelNotInMenu = entry<MenuArgs>({
  code: 'kernel-not-in-menu',
  meaning:
    'The kernel of the selected sources is installed, but no entry of the boot loader starts it: the menu was made earlier.',
  severities: ['warning'],
  when: (situation) => {
    const loader = menuOf(situation);
    const [image] = imagesOfBuilt(situation);
    if (loader === null || image === undefined || situation.built === null || !awaitsMenu(situation))
      return NOTHING;
    return [{ subject: image.path, args: { loader, kernel: situation.built, image } }];
  },
  severity: () => 'warning',
  title: ({ kernel, loader }) => `${kernel.name} is installed, but not in the menu of ${nameOf(loader)}`,
  text: ({ image, loader }) => `No entry of ${loader.config} starts ${image.path}.`,
  about: ({ kernel }) => ({ kernel: aboutKernel(kernel) }),
  goals: () => [{ is: 'listed-in-menu' }, { is: 'booted', why: 'starts that kernel' }],
});

function nameOf({ kind }: Loader): string {
  return LOADER_NAMES[kind];
}

interface DefaultArgs extends MenuArgs {
  readonly listed: LoaderEntry;
  readonly next: Kernel;
}

export const otherKernelIsDefault = entry<DefaultArgs>({
  code: 'other-kernel-is-default',
  meaning:
    'The boot loader lists the kernel of the selected sources, which was installed last, but starts an older one by default.',
  severities: ['notice'],
  when: (situation) => {
    const { built, next, nextBoot } = situation;
    const loader = menuOf(situation);
    const images = imagesOfBuilt(situation);
    const [image] = images;
    if (loader === null || built === null || next?.image == null || image === undefined) return NOTHING;
    if (nextBoot.kind !== 'known' || nextBoot.entry === null || nextBoot.entry.by === 'one-shot')
      return NOTHING;
    const listed = entryFor(loader, images);
    const { pinned } = situation.memory;
    if (pinned !== null && isOfRelease(next.identity, pinned)) return NOTHING;
    if (listed === null || sameKernel(next.identity, built.identity) !== 'different') return NOTHING;
    if (next.image.mtime >= image.mtime) return NOTHING;
    return [{ subject: loader.config, args: { loader, kernel: built, image, listed, next } }];
  },
  severity: () => 'notice',
  title: ({ next, kernel, loader }) =>
    `${nameOf(loader)} starts ${next.name} by default, not ${kernel.name}, which was installed last`,
  text: ({ image, listed, loader }) =>
    `The entry ‘${listed.title}’ of ${loader.config} starts ${image.path}, but it is not the default.`,
  about: ({ kernel }) => ({ kernel: aboutKernel(kernel) }),
  goals: ({ loader, listed }) => startEntry(loader, listed),
});

/** Makes an entry the default, else starts it once, else leaves it to the user. */
function startEntry(loader: Loader, listed: LoaderEntry): Goal[] {
  const command = makeDefault(loader, listed) ?? startOnce(loader, listed);
  const isStanding = makeDefault(loader, listed) !== null;
  const why = isStanding
    ? 'starts it by default from now on'
    : 'starts it at the next boot; change the default by hand';
  return [
    command === null
      ? { is: 'done-by-hand', stage: 'menu', what: `make ‘${listed.title}’ the default of ${loader.config}` }
      : { is: 'ran', stage: 'menu', commands: [command], why },
    { is: 'booted', why: 'starts that kernel' },
  ];
}

interface OnceArgs {
  readonly next: KnownBoot;
  readonly loader: Loader;
  readonly kernel: string;
}

export const oneShotBoot = entry<OnceArgs>({
  code: 'one-shot-boot',
  meaning: 'An entry of the boot loader is set for one boot only. After that, the usual entry starts again.',
  severities: ['notice'],
  when: ({ snapshot, nextBoot, next }) => {
    if (nextBoot.kind !== 'known' || nextBoot.entry?.by !== 'one-shot' || next === null) return NOTHING;
    const { config } = nextBoot.entry;
    const loader = snapshot.boot.loaders.find((candidate) => candidate.config === config);
    return loader === undefined
      ? NOTHING
      : [{ subject: config, args: { next: nextBoot, loader, kernel: next.name } }];
  },
  severity: () => 'notice',
  title: ({ kernel }) => `${kernel} starts at the next boot only`,
  text: ({ next, loader }) => {
    const { standing } = loader;
    const usual = standing.known ? loader.entries.find(({ id }) => id === standing.value.entry) : undefined;
    const after =
      usual === undefined
        ? 'Which entry starts after that is not known'
        : `After that, ‘${usual.title}’ starts again`;
    return `‘${next.entry?.title ?? next.image}’ of ${loader.config} is set for one boot. ${after}.`;
  },
  goals: () => [],
});

interface PassedArgs {
  readonly image: BootImage;
  readonly name: string;
  readonly running: string;
  readonly at: number | null;
}

export const kernelPassedOver = entry<PassedArgs>({
  code: 'kernel-passed-over',
  meaning:
    'The kernel of the selected sources was in /boot before the last boot, but another kernel started. The boot takes its kernel from elsewhere, such as a copy on the EFI system partition.',
  severities: ['warning'],
  when: ({ snapshot, nextBoot, running, built }) => {
    const path = nextBoot.kind === 'unknown' ? nextBoot.refuted?.image : undefined;
    const { images, lastBoot } = snapshot.boot;
    const image = images.known ? images.value.find((candidate) => candidate.path === path) : undefined;
    // An older kernel need not start.
    if (image === undefined || built === null || sameKernel(image.identity, built.identity) !== 'same')
      return NOTHING;
    const at = lastBoot.at.known ? lastBoot.at.value : null;
    const name = kernelName(image.identity);
    return [{ subject: image.path, args: { image, name, running: running.name, at } }];
  },
  severity: () => 'warning',
  title: ({ name, running }) => `${name} is in /boot, but the last boot started ${running} instead`,
  text: ({ image, at }) =>
    `A reboot alone does not start it: the boot loader or the firmware starts another file. ${image.path} was already there at the last boot${at === null ? '' : ` (${dayTime(at)})`}.`,
  goals: ({ image }) => [
    {
      is: 'done-by-hand',
      stage: 'menu',
      what: `make the boot loader or the firmware start ${image.path} (efibootmgr --verbose shows what the firmware starts), or copy it over the file that they start`,
    },
  ],
});

interface CopyArgs {
  readonly copy: BootImage;
  readonly newer: BootImage;
  readonly kernel: Kernel;
}

export const imageCopyOutdated = entry<CopyArgs>({
  code: 'image-copy-outdated',
  meaning:
    'The boot starts a copy of a kernel, such as one on the EFI system partition, but the image of the same release in /boot is newer.',
  severities: ['warning'],
  when: ({ snapshot, next, nextBoot }) => {
    const { images } = snapshot.boot;
    if (nextBoot.kind !== 'known' || next?.image == null || !images.known) return NOTHING;
    const copy = next.image;
    const newer = images.value.find(
      (image) =>
        directoryOf(image.path) !== directoryOf(copy.path) &&
        image.mtime > copy.mtime &&
        isSameRelease(image, copy) &&
        sameKernel(image.identity, copy.identity) === 'different',
    );
    return newer === undefined ? NOTHING : [{ subject: copy.path, args: { copy, newer, kernel: next } }];
  },
  severity: () => 'warning',
  title: ({ copy, newer }) => `${copy.path}, which boots next, is older than ${newer.path}`,
  text: ({ newer }) =>
    `The next boot starts the older kernel. Both have the same release, but ${newer.path} was compiled later.`,
  about: ({ kernel }) => ({ kernel: aboutKernel(kernel) }),
  goals: ({ copy, newer }) => [
    {
      is: 'ran',
      stage: 'menu',
      commands: [{ words: ['cp', newer.path, copy.path] }],
      why: 'copies the newer kernel to the file that the boot starts',
    },
    { is: 'booted', why: 'starts the newer kernel' },
  ],
});

function directoryOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}

function isSameRelease({ identity: a }: BootImage, { identity: b }: BootImage): boolean {
  return a.release.known && b.release.known && a.release.value === b.release.value;
}
