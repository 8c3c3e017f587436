import type { BootFacts, BootImage, BootLink } from '../model/image.ts';
import type { NextBoot } from '../model/verdict.ts';

/**
 * Which image boots next. Surest first: the one that the user configured; the one that the boot symlink leads
 * to; the only one; the one of the selected tree's release; the one of the highest version, which GRUB's
 * grub-mkconfig and systemd-boot put first.
 */
export function nextBoot(
  boot: BootFacts,
  configured: string | null,
  selectedRelease: string | null,
): NextBoot {
  if (!boot.images.known) return { known: false, why: boot.images.detail };
  const paths = boot.images.value.map(({ path }) => path);
  if (configured !== null) {
    const image = namesOf(configured, boot.links).find((path) => paths.includes(path));
    if (image === undefined) return { known: false, why: `the configured image ${configured} is not there` };
    return { known: true, image, by: 'configured' };
  }
  const byLink = linkedImage(paths, boot.links);
  if (byLink !== undefined) return { known: true, image: byLink, by: 'link' };
  const images = boot.images.value.filter((image) => !isBackup(image.path));
  const newest = images.toSorted(newestFirst)[0];
  if (newest === undefined) return { known: false, why: 'no kernel image found in /boot' };
  if (images.length === 1) return { known: true, image: newest.path, by: 'only' };
  const ofSelected = images.filter((image) => isOfRelease(image, selectedRelease)).toSorted(newestFirst)[0];
  if (ofSelected !== undefined) return { known: true, image: ofSelected.path, by: 'selected-release' };
  const highest = newest.identity.release.known ? images.toSorted(highestFirst)[0] : undefined;
  return { known: true, image: (highest ?? newest).path, by: 'newest' };
}

/** A path, and where it leads: images are known by their own names, and people configure a link, or what is beneath one. */
function namesOf(path: string, links: readonly BootLink[]): string[] {
  const led = links.flatMap((link) =>
    link.target !== null && (path === link.path || path.startsWith(`${link.path}/`))
      ? [`${link.target}${path.slice(link.path.length)}`]
      : [],
  );
  return [path, ...led];
}

/** Links that boot loaders are given, the usual one first: it is kbuild's and installkernel's own. */
const LINK_NAMES = ['vmlinuz', 'kernel', 'bzImage'];

/** A backup boots where the link leads to it: somebody has set it back. */
function linkedImage(images: readonly string[], links: readonly BootLink[]): string | undefined {
  const targets = LINK_NAMES.flatMap((name) =>
    links.flatMap(({ path, target }) => (path.endsWith(`/${name}`) && target !== null ? [target] : [])),
  );
  return targets.find((target) => images.includes(target));
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

/** Numbers by their value, all else by its letters. */
function byVersion(a: string, b: string): number {
  const [left, right] = [a, b].map((release) => release.match(/\d+|\D+/g) ?? []);
  for (let at = 0; at < Math.max(left?.length ?? 0, right?.length ?? 0); at++) {
    const [one, other] = [left?.[at] ?? '', right?.[at] ?? ''];
    const order = Number(one) - Number(other);
    if (order) return order;
    if (Number.isNaN(order) && one !== other) return one < other ? -1 : 1;
  }
  return 0;
}

function newestFirst(a: BootImage, b: BootImage): number {
  return b.mtime - a.mtime || (a.path < b.path ? 1 : -1);
}
