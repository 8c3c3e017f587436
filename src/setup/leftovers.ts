import { basename, dirname } from 'node:path';
import type { Root } from '../system/root.ts';

/** Temporary files that a killed setup has left beside its files (src/files/replace-file.ts). */
export function leftoversBeside(root: Root, paths: readonly string[]): string[] {
  return paths.flatMap((path) => {
    const names = root.list(dirname(path));
    const own = (name: string): boolean =>
      name.startsWith(`.${basename(path)}.`) && /^\.\d+\.new$/.test(name.slice(basename(path).length + 1));
    return names.known ? names.value.filter(own).map((name) => `${dirname(path)}/${name}`) : [];
  });
}
