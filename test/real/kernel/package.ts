import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface InstalledPackage {
  readonly category: string;
  readonly pf: string;
  readonly inherited: string;
  /** Lines of CONTENTS. */
  readonly contents: readonly string[];
  readonly counter: number;
}

/**
 * Puts a package into the database of installed packages, as the end of a merge does: under another name, then renamed.
 */
export function writePackage(
  root: string,
  { category, pf, inherited, contents, counter }: InstalledPackage,
): void {
  const merging = join(root, 'var/db/pkg', category, `-MERGING-${pf}`);
  const directory = join(root, 'var/db/pkg', category, pf);
  const files = {
    CATEGORY: category,
    PF: pf,
    SLOT: '0',
    INHERITED: inherited,
    CONTENTS: contents.join('\n'),
    COUNTER: String(counter),
    BUILD_TIME: String(Math.floor(Date.now() / 1000)),
    repository: 'gentoo',
  };
  mkdirSync(merging, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(merging, name), `${text}\n`);
  rmSync(directory, { recursive: true, force: true });
  renameSync(merging, directory);
}
