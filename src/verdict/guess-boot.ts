import type { KernelIdentity } from '../model/build.ts';
import { known, unknown } from '../model/fact.ts';
import type { BootFacts, BootImage, BootLink } from '../model/image.ts';
import { sameKernel } from '../model/same-kernel.ts';
import type { GuessedBoot, NextBoot } from '../model/verdict.ts';
import { byVersion } from '../model/version-order.ts';
import { dayTime } from './words.ts';

/**
 * Guesses which image boots next, where no boot loader's configuration can be read. In this order: the target of the usual link;
 * the only image; the image of the selected tree's release; the image of the highest version. The last boot may refute it.
 */
export function guessBoot(
  question: {
    readonly boot: BootFacts;
    readonly selectedRelease: string | null;
    readonly running: KernelIdentity;
  },
  why: string,
): NextBoot {
  const { boot, selectedRelease, running } = question;
  const guessed = guessImage(boot, selectedRelease);
  if (guessed === null) return { kind: 'unknown', why: 'no kernel image found in /boot', refuted: null };
  const { image, by, since } = guessed;
  const refuted = refutedBy(boot, image, running, since);
  if (refuted !== null) return { kind: 'unknown', why: refuted, refuted: { image: image.path } };
  const commandLine = unknown('no-data', why);
  return { kind: 'guess', image: image.path, by, why, commandLine, initrds: initrdsFor(boot, image) };
}

interface Guess {
  readonly image: BootImage;
  readonly by: GuessedBoot['by'];
  /** When the link last changed, ms; null: it is not by a link, or that is not known. */
  readonly since: number | null;
}

function guessImage({ images: found, links }: BootFacts, selectedRelease: string | null): Guess | null {
  const all = found.known ? found.value : [];
  const link = linkIn(all, links);
  if (link !== null) return { image: link.image, by: 'link', since: link.link.mtime };
  const images = all.filter((image) => !isBackup(image.path));
  const newest = images.toSorted(newestFirst)[0];
  if (newest === undefined) return null;
  const guess = (image: BootImage, by: Guess['by']): Guess => ({ image, by, since: null });
  if (images.length === 1) return guess(newest, 'only');
  const ofSelected = images.filter((image) => isOfRelease(image, selectedRelease)).toSorted(newestFirst)[0];
  if (ofSelected !== undefined) return guess(ofSelected, 'selected-release');
  const highest = newest.identity.release.known ? images.toSorted(highestFirst)[0] : undefined;
  return guess(highest ?? newest, 'newest');
}

/**
 * Why the image does not start by itself: it and the link existed before the last boot, which started another kernel. null:
 * nothing contradicts the guess.
 */
function refutedBy(
  { lastBoot }: BootFacts,
  image: BootImage,
  running: KernelIdentity,
  since: number | null,
): string | null {
  const { at } = lastBoot;
  if (!at.known || Math.max(image.mtime, since ?? 0) >= at.value) return null;
  if (sameKernel(image.identity, running) !== 'different') return null;
  return `${image.path} was there when this machine was booted ${dayTime(at.value)}, and another kernel started`;
}

/** The initramfs beside the image, by the names that tools give it. */
function initrdsFor({ initramfs }: BootFacts, image: BootImage): GuessedBoot['initrds'] {
  const { release } = image.identity;
  if (!release.known) return [];
  const directory = image.path.slice(0, image.path.lastIndexOf('/'));
  const beside = initramfs.find(
    ({ path }) =>
      path.startsWith(`${directory}/`) &&
      releaseOfInitramfs(path.slice(directory.length + 1)) === release.value,
  );
  return beside === undefined ? [] : [{ written: beside.path, path: known(beside.path) }];
}

/** By the names of dracut, ugrd, genkernel and Debian; null: none of those. */
function releaseOfInitramfs(name: string): string | null {
  return (
    /^initramfs-genkernel-[^-]+-(.+)$/.exec(name)?.[1] ??
    /^(?:initramfs|initrd)-(.+?)(?:\.img)?$/.exec(name)?.[1] ??
    /^initrd\.img-(.+)$/.exec(name)?.[1] ??
    null
  );
}

/** Links for boot loaders. The first one is that of kbuild and installkernel. */
const LINK_NAMES = ['vmlinuz', 'kernel', 'bzImage'];

/** The target may be a backup: then somebody went back to it. */
function linkIn(
  images: readonly BootImage[],
  links: readonly BootLink[],
): { readonly image: BootImage; readonly link: BootLink } | null {
  const found = LINK_NAMES.flatMap((name) => links.filter(({ path }) => path.endsWith(`/${name}`)));
  for (const link of found) {
    const image = images.find(({ path }) => path === link.target);
    if (image !== undefined) return { image, link };
  }
  return null;
}

/**
 * Is it an image that a newer one of the same release replaced? kbuild's install.sh and Gentoo's installkernel keep it as
 * `NAME.old`; in the layouts efistub and uki as `NAME-old.efi`, because some firmware requires the ending.
 */
function isBackup(path: string): boolean {
  return /(?:\.old|-old\.efi)$/.test(path);
}

function isOfRelease(image: BootImage, release: string | null): boolean {
  return image.identity.release.known && image.identity.release.value === release;
}

/** In the order of `sort -V`; images of unknown release come last. */
function highestFirst(a: BootImage, b: BootImage): number {
  const [left, right] = [a, b].map(({ identity }) => (identity.release.known ? identity.release.value : ''));
  return byVersion(right ?? '', left ?? '') || newestFirst(a, b);
}

function newestFirst(a: BootImage, b: BootImage): number {
  return b.mtime - a.mtime || (a.path < b.path ? 1 : -1);
}
