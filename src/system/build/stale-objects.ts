import type { StaleObject } from '../../model/build.ts';
import type { TouchedSource } from './touched-sources.ts';

/**
 * Touched sources that make would compile, by make's own rule: newer than the object, where equal is not newer, or
 * without the object that the configuration needs. A header has no object of its own; it counts if it is newer than
 * `linkedAt`, the link of vmlinux, since all objects in vmlinux were compiled before that.
 *
 * A file that was restored with an old mtime is not among them, and make does not see it either: Portage keeps the
 * mtimes of the archive (vartree.py, treewalk). For those, the symbols of the kernel show what it carries.
 */
export function staleObjects(touched: readonly TouchedSource[], linkedAt: number | null): StaleObject[] {
  return touched
    .filter((source) => isStale(source, linkedAt))
    .map(({ source, mtime, object }) => ({
      source,
      object: object.state === 'there' ? object.path : null,
      sourceMtime: mtime,
    }));
}

function isStale({ mtime, object }: TouchedSource, linkedAt: number | null): boolean {
  switch (object.state) {
    case 'there':
      return mtime > object.mtime;
    case 'wanted':
      return true;
    case 'header':
      return linkedAt !== null && mtime > linkedAt;
    case 'unused':
      return false;
  }
}
