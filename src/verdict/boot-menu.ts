import type { Loader, LoaderEntry } from '../model/boot.ts';
import type { BootImage } from '../model/image.ts';
import { sameKernel } from '../model/same-kernel.ts';
import type { Command } from '../model/step.ts';
import { loaderInForce } from './loader-in-force.ts';
import type { Situation } from './situation.ts';

/** The loader that chooses the kernel, if its whole menu is known; else null. */
export function menuOf({ snapshot, nextBoot }: Situation): Loader | null {
  if (nextBoot.kind === 'known' && nextBoot.by === 'configured') return null;
  const inForce = loaderInForce(snapshot.boot);
  return inForce.is === 'known' && inForce.loader.gaps.length === 0 ? inForce.loader : null;
}

/** The images of the kernel that the selected sources made. */
export function imagesOfBuilt({ snapshot, built }: Situation): BootImage[] {
  const { images } = snapshot.boot;
  if (built === null || !images.known) return [];
  return images.value.filter((image) => sameKernel(image.identity, built.identity) === 'same');
}

/** The first entry that starts one of these images; null: there is none. */
export function entryFor({ entries }: Loader, images: readonly BootImage[]): LoaderEntry | null {
  const paths = images.map(({ path }) => path);
  return (
    entries.find(
      ({ starts }) =>
        starts.what === 'kernel' && starts.image.path.known && paths.includes(starts.image.path.value),
    ) ?? null
  );
}

/** Is the kernel of the selected sources installed, and known not to be in the menu? */
export function awaitsMenu(situation: Situation): boolean {
  const loader = menuOf(situation);
  const images = imagesOfBuilt(situation);
  if (loader === null || images.length === 0 || loader.kind === 'raspberry-pi') return false;
  // A copy of that release in another place starts: the menu is not out of date.
  if (isCopy(situation)) return false;
  // An entry whose target is not known may start this kernel.
  const isOpen = loader.entries.some(({ starts }) => starts.what === 'unknown');
  return !isOpen && entryFor(loader, images) === null;
}

function isCopy({ next, built }: Situation): boolean {
  const [a, b] = [next?.identity.release, built?.identity.release];
  return a?.known === true && b?.known === true && a.value === b.value;
}

/** The command that starts an entry at the next boot only; null: the loader has none. */
export function startOnce({ kind, canSet }: Loader, { id }: LoaderEntry): Command | null {
  if (!canSet.once) return null;
  if (kind === 'grub') return { words: ['grub-reboot', id] };
  if (kind === 'systemd-boot') return { words: ['bootctl', 'set-oneshot', id] };
  return kind === 'firmware' ? { words: ['efibootmgr', '--bootnext', id] } : null;
}

/** The command that makes an entry the default; null: the loader has none, its configuration is changed by hand. */
export function makeDefault({ kind, canSet }: Loader, { id }: LoaderEntry): Command | null {
  if (!canSet.standing) return null;
  if (kind === 'grub') return { words: ['grub-set-default', id] };
  return kind === 'systemd-boot' ? { words: ['bootctl', 'set-default', id] } : null;
}
