import { dirname } from 'node:path';
import type { Part } from '../model/part.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Tree } from '../model/tree.ts';

/** A directory that changes when a link changes, and the parts of the Snapshot that are then out of date. */
export interface WatchPlace {
  readonly path: string;
  readonly parts: readonly Part[];
  /** The names in it that count; undefined: all. */
  readonly names?: readonly string[];
}

/**
 * The directories to watch: one inotify watch each, and never a whole tree. `categories`: the directories of
 * /var/db/pkg. Directories that do not exist are in the list too, and are watched as soon as they appear.
 */
export function watchList(snapshot: Snapshot, categories: readonly string[]): WatchPlace[] {
  const places: WatchPlace[] = [
    { path: '/var/db/pkg', parts: ['portage'] },
    ...categories.map((category) => ({ path: `/var/db/pkg/${category}`, parts: ['portage'] as const })),
    { path: '/etc/portage/patches', parts: ['portage', 'sources'] },
    { path: '/usr/src', parts: ['sources'] },
    { path: dirname(snapshot.sources.selected.link), parts: ['sources'] },
    ...snapshot.sources.trees.flatMap(treePlaces),
    { path: '/boot', parts: ['boot', 'modules'] },
    ...imageDirectories(snapshot).map((path) => ({ path, parts: ['boot'] as const })),
    { path: '/lib/modules', parts: ['modules'] },
    ...snapshot.modules.flatMap((release) => [
      { path: release.directory, parts: ['modules', 'sources'] as const },
      ...directoriesOf(release.modules.map((file) => file.path)).map((path) => ({
        path,
        parts: ['modules'] as const,
      })),
    ]),
    { path: '/etc/docker', parts: ['docker'] },
    { path: '/etc/containers', parts: ['docker'] },
    { path: '/etc', parts: ['boot'] },
  ];
  return onePerPath(places);
}

/** The directories of a tree that change: its top, those that a build writes last, and those that the patches touch. */
function treePlaces(tree: Tree): WatchPlace[] {
  const patched = directoriesOf(tree.patch.touched.map((file) => `${tree.path}/${file}`));
  const products = [tree.path, ...tree.builds.map((build) => build.directory)].flatMap((directory) => [
    directory,
    `${directory}/include/generated`,
    `${directory}/include/config`,
  ]);
  const images = tree.builds.flatMap((build) => (build.image === null ? [] : [dirname(build.image)]));
  const boot = `${tree.path}/arch/x86/boot`;
  return [...products, boot, ...images, ...patched].map((path) => ({ path, parts: ['sources'] as const }));
}

function imageDirectories(snapshot: Snapshot): string[] {
  const { images } = snapshot.boot;
  return images.known ? directoriesOf(images.value.map((image) => image.path)) : [];
}

function directoriesOf(files: readonly string[]): string[] {
  return [...new Set(files.map((file) => dirname(file)))];
}

function onePerPath(places: readonly WatchPlace[]): WatchPlace[] {
  const merged = new Map<string, Set<Part>>();
  for (const { path, parts } of places) {
    const known = merged.get(path) ?? new Set();
    for (const part of parts) known.add(part);
    merged.set(path, known);
  }
  return [...merged].map(([path, parts]) => ({ path, parts: [...parts] }));
}
