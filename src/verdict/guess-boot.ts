import type { KernelIdentity } from '../model/build.ts';
import { known, unknown } from '../model/fact.ts';
import type { BootFacts, BootImage, BootLink } from '../model/image.ts';
import { sameKernel } from '../model/same-kernel.ts';
import type { GuessedBoot, NextBoot } from '../model/verdict.ts';
import { byVersion } from '../model/version-order.ts';
import { dayTime } from './words.ts';

/**
 * A guess at the image that boots next, where no boot loader can be asked. Best first: the one that the usual link leads
 * to; the only one; the one of the selected tree's release; the one of the highest version. The last boot may refute it.
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
  /** When what it rests on was last changed, ms; null: nothing but the image. */
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
 * The last boot came after the image was there and after what the guess rests on, and started another kernel: it is
 * not that image which starts by itself. null: nothing speaks against it.
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

/** Names that tools give to the initramfs of a release, beside its image. */
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

/** dracut's, ugrd's, genkernel's and Debian's names; null: it is none of those. */
function releaseOfInitramfs(name: string): string | null {
  return (
    /^initramfs-genkernel-[^-]+-(.+)$/.exec(name)?.[1] ??
    /^(?:initramfs|initrd)-(.+?)(?:\.img)?$/.exec(name)?.[1] ??
    /^initrd\.img-(.+)$/.exec(name)?.[1] ??
    null
  );
}

/** Links that boot loaders are given, the usual one first: it is kbuild's and installkernel's own. */
const LINK_NAMES = ['vmlinuz', 'kernel', 'bzImage'];

/** A backup boots where the link leads to it: somebody has set it back. */
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
 * Is it the image that a newer one of the same release took the place of? kbuild's install.sh and Gentoo's installkernel
 * keep it as `NAME.old`; in the layouts efistub and uki as `NAME-old.efi`, because some firmware insists on the ending.
 */
function isBackup(path: string): boolean {
  return /(?:\.old|-old\.efi)$/.test(path);
}

function isOfRelease(image: BootImage, release: string | null): boolean {
  return image.identity.release.known && image.identity.release.value === release;
}

/** As `sort -V` has them; an image that does not tell its release comes last. */
function highestFirst(a: BootImage, b: BootImage): number {
  const [left, right] = [a, b].map(({ identity }) => (identity.release.known ? identity.release.value : ''));
  return byVersion(right ?? '', left ?? '') || newestFirst(a, b);
}

function newestFirst(a: BootImage, b: BootImage): number {
  return b.mtime - a.mtime || (a.path < b.path ? 1 : -1);
}
