import { mapFact, valueOr } from '../model/fact.ts';
import type { ModuleFile } from '../model/module.ts';
import { initramfsState } from './initramfs.ts';
import { type Kernel, moduleFile } from './kernel/kernel.ts';
import { moduleNames } from './matrix.ts';
import { kernelOfImage, type Situation } from './situation.ts';

/** The input of a rehearsal: the kernel that boots, and the modules to load. */
export interface ToRehearse {
  readonly kernel: Kernel;
  readonly image: string;
  readonly release: string;
  /** null: not known. */
  readonly utsVersion: string | null;
  /** Out-of-tree modules that matter here and exist for this release. */
  readonly modules: readonly ModuleToRehearse[];
  /** The initramfs of the next boot, if some modules in it differ from those on disk; else null. */
  readonly initramfs: HeldModules | null;
  readonly aufs: boolean;
  readonly words: readonly string[];
  readonly openKeys: boolean;
}

export interface ModuleToRehearse {
  readonly name: string;
  /** On disk. */
  readonly path: string;
  /** The file that the kernel loads: the one on disk, or the one in the initramfs. */
  readonly file: ModuleFile;
}

/** Modules in an initramfs, which are loaded before those on disk can be. */
export interface HeldModules {
  readonly path: string;
  /** `disk`: the path of the same module on disk; `file`: the one in the archive. */
  readonly modules: readonly { readonly disk: string; readonly file: ModuleFile }[];
}

/**
 * What `aufswatch rehearse` boots: the requested image, by path or release; null requests the image that boots next. Returns a
 * text if there is none: the reason.
 */
export function toRehearse(situation: Situation, requested: string | null): ToRehearse | string {
  const image = requested === null ? nextImage(situation) : imageOf(situation, requested);
  if (image === null) {
    if (requested !== null)
      return `there is no kernel image ${requested}; aufswatch kernels lists what there is`;
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

function imageOf({ snapshot, next }: Situation, requested: string): string | null {
  const images = snapshot.boot.images.known ? snapshot.boot.images.value : [];
  const byPath = images.find(({ path }) => path === requested);
  if (byPath !== undefined) return byPath.path;
  const ofRelease = images.filter(
    ({ identity }) => identity.release.known && identity.release.value === requested,
  );
  // Of several images of one release the one that boots next, else the newest.
  const chosen = ofRelease.find(({ path }) => path === next?.image?.path);
  return (chosen ?? ofRelease.toSorted((a, b) => b.mtime - a.mtime)[0])?.path ?? null;
}
