import { mapFact, valueOr } from '../model/fact.ts';
import type { ModuleFile } from '../model/module.ts';
import { initramfsState } from './initramfs.ts';
import { type Kernel, moduleFile } from './kernel/kernel.ts';
import { moduleNames } from './matrix.ts';
import { kernelOfImage, type Situation } from './situation.ts';

/** A rehearsal that can be held: what boots, and what is loaded into it. */
export interface ToRehearse {
  readonly kernel: Kernel;
  readonly image: string;
  readonly release: string;
  /** null: the image does not tell. */
  readonly utsVersion: string | null;
  /** Modules out of the kernel's tree that are wanted and there for this release. */
  readonly modules: readonly ModuleToRehearse[];
  /** The initramfs of the next boot, where it holds other versions of some modules than the disk; else null. */
  readonly initramfs: HeldModules | null;
  readonly aufs: boolean;
  readonly words: readonly string[];
  readonly openKeys: boolean;
}

export interface ModuleToRehearse {
  readonly name: string;
  /** On disk. */
  readonly path: string;
  /** What the kernel gets: the file there, or the one in the initramfs. */
  readonly file: ModuleFile;
}

/** Modules that an initramfs holds, and that are loaded from there before those on disk can be. */
export interface HeldModules {
  readonly path: string;
  /** `disk`: the path of the module that it stands for; `file`: as it is in the archive. */
  readonly modules: readonly { readonly disk: string; readonly file: ModuleFile }[];
}

/**
 * What `aufswatch rehearse` boots: the image that boots next, or the one that is asked for by its path or its release.
 * A text: why there is none.
 */
export function toRehearse(situation: Situation, asked: string | null): ToRehearse | string {
  const image = asked === null ? nextImage(situation) : imageOf(situation, asked);
  if (image === null) {
    if (asked !== null) return `there is no kernel image ${asked}; aufswatch kernels lists what there is`;
    const { nextBoot } = situation;
    return nextBoot.kind === 'unknown'
      ? `which image boots next is not known: ${nextBoot.why}`
      : 'the image that boots next is not there';
  }
  const kernel = kernelOfImage(situation, image);
  if (kernel === null) return `there is no kernel image ${image}`;
  const { release, utsVersion } = kernel.identity;
  if (!release.known) return `the release of ${image} is not known: ${release.detail}`;
  const initramfs = image === nextImage(situation) ? heldModules(situation) : null;
  const modules = moduleNames(situation).flatMap((name) => {
    const file = moduleFile(kernel, name);
    if (file === null) return [];
    const { path } = file;
    const held = initramfs?.modules.find(({ disk }) => disk === path)?.file;
    return [{ name, path, file: held ?? file }];
  });
  const builtIn = kernel.aufsBuiltin.known && kernel.aufsBuiltin.value;
  return {
    kernel,
    image,
    release: release.value,
    utsVersion: utsVersion.known ? utsVersion.value : null,
    modules,
    initramfs,
    aufs: situation.wanted.answer === 'yes' && (builtIn || modules.some(({ name }) => name === 'aufs')),
    words: kernel.words,
    openKeys: valueOr(
      mapFact(kernel.abi.trustedKeys, ({ open }) => open),
      true,
    ),
  };
}

function heldModules(situation: Situation): HeldModules | null {
  const state = initramfsState(situation);
  const modules = (state?.outdated ?? []).flatMap(({ disk, inside }) =>
    inside === null ? [] : [{ disk: disk.path, file: inside }],
  );
  return state === null || modules.length === 0 ? null : { path: state.file.path, modules };
}

function nextImage({ nextBoot }: Situation): string | null {
  return nextBoot.kind === 'unknown' ? null : nextBoot.image;
}

function imageOf({ snapshot, next }: Situation, asked: string): string | null {
  const images = snapshot.boot.images.known ? snapshot.boot.images.value : [];
  const byPath = images.find(({ path }) => path === asked);
  if (byPath !== undefined) return byPath.path;
  const ofRelease = images.filter(
    ({ identity }) => identity.release.known && identity.release.value === asked,
  );
  // Of several of one release, the one that boots next, else the newest.
  const chosen = ofRelease.find(({ path }) => path === next?.image?.path);
  return (chosen ?? ofRelease.toSorted((a, b) => b.mtime - a.mtime)[0])?.path ?? null;
}
