import { statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Disk } from './disk.ts';
import { md5Of } from './hash.ts';
import { cpvOf, type Package } from './package.ts';
import { placedBytes, placedPath } from './placed-module.ts';
import { originalFiles, type SourceTree, treeDirectories, treePath } from './tree.ts';

/**
 * How Portage stores the fields of an installed package: a file for each (`classic`), these files and `metadata` (`both`,
 * since Portage 3.0.81), or `metadata` alone for the fields that it can hold (`consolidated`).
 */
export type VdbForm = 'classic' | 'both' | 'consolidated';

export const VDB = '/var/db/pkg';

/** The fields that `metadata` can hold, of those that the packages here have. */
const IN_METADATA: ReadonlySet<string> = new Set([
  'BUILD_TIME',
  'CHOST',
  'COUNTER',
  'DEFINED_PHASES',
  'DESCRIPTION',
  'EAPI',
  'HOMEPAGE',
  'IUSE',
  'KEYWORDS',
  'LICENSE',
  'SLOT',
  'USE',
  'repository',
]);

/**
 * Writes a package's entry in the installed-package database as `directory`, and sets the directory's time to the time of
 * the merge. `metadata` is valid only while its last line equals that time, so nothing may be written there later.
 */
export function writeVdbEntry(
  disk: Disk,
  directory: string,
  pkg: Package,
  trees: readonly SourceTree[],
  form: VdbForm,
): void {
  const fields = fieldsOf(pkg, trees);
  for (const [name, value] of Object.entries(fields)) {
    if (value === '' && name !== 'USE') continue;
    if (form === 'consolidated' && IN_METADATA.has(name)) continue;
    disk.file(`${directory}/${name}`, withNewline(name, value), pkg.mergedAt);
  }
  const ebuild = `EAPI=8\nDESCRIPTION="${pkg.description}"\nSLOT="${pkg.slot}"\n`;
  disk.file(`${directory}/${pkg.name}-${pkg.version}.ebuild`, ebuild, pkg.mergedAt);
  if (form !== 'classic') disk.file(`${directory}/metadata`, '', pkg.mergedAt);
  disk.setTime(directory, pkg.mergedAt);
  if (form !== 'classic') writeMetadata(disk, directory, fields);
}

/** CONTENTS: directories, then files with MD5 and mtime in seconds. */
export function contentsOf(pkg: Package, trees: readonly SourceTree[]): string {
  const objects: [path: string, bytes: string | Buffer, at: number][] = [
    ...pkg.files.map((file): [string, string, number] => [file.path, file.text, pkg.mergedAt]),
    ...pkg.modules.map((file): [string, Buffer, number] => [placedPath(file), placedBytes(file), file.at]),
    ...trees.flatMap((tree) =>
      originalFiles(tree).map((file): [string, string, number] => [
        `${treePath(tree)}/${file.path}`,
        file.text,
        tree.mergedAt,
      ]),
    ),
  ];
  const directories = new Set(trees.flatMap(treeDirectories));
  for (const [path] of objects) {
    for (let parent = dirname(path); parent !== '/'; parent = dirname(parent)) directories.add(parent);
  }
  return [
    ...[...directories].sort().map((path) => `dir ${path}\n`),
    ...objects.map(([path, bytes, at]) => `obj ${path} ${md5Of(bytes)} ${Math.floor(at / 1000)}\n`),
  ].join('');
}

function fieldsOf(pkg: Package, trees: readonly SourceTree[]): Readonly<Record<string, string>> {
  return {
    BUILD_TIME: String(Math.floor(pkg.mergedAt / 1000) - 2),
    CATEGORY: pkg.category,
    CBUILD: 'x86_64-pc-linux-gnu',
    CHOST: 'x86_64-pc-linux-gnu',
    CONTENTS: contentsOf(pkg, trees),
    COUNTER: String(pkg.counter),
    DEFINED_PHASES: 'install postinst setup',
    DESCRIPTION: pkg.description,
    EAPI: '8',
    FEATURES: 'assume-digests distlocks ebuild-locks merge-sync parallel-fetch strict unmerge-orphans',
    HOMEPAGE: 'https://example.org',
    INHERITED: pkg.inherited.join(' '),
    IUSE: pkg.iuse.join(' '),
    IUSE_EFFECTIVE: pkg.iuse.map((flag) => flag.replace(/^[+-]/, '')).join(' '),
    KEYWORDS: 'amd64',
    LICENSE: pkg.license,
    PF: `${pkg.name}-${pkg.version}`,
    REPO_REVISIONS: '{}',
    SIZE: '4096',
    SLOT: pkg.slot,
    USE: pkg.use.join(' '),
    repository: pkg.repository,
  };
}

/** Portage ends every field except COUNTER with a newline. CONTENTS already has its own. */
function withNewline(name: string, value: string): string {
  return name === 'COUNTER' || name === 'CONTENTS' ? value : `${value}\n`;
}

/** Writes in place, so that the directory keeps the time that the last line records. */
function writeMetadata(disk: Disk, directory: string, fields: Readonly<Record<string, string>>): void {
  const host = join(disk.directory, directory);
  const lines = Object.entries(fields)
    .filter(([name, value]) => IN_METADATA.has(name) && value !== '')
    .map(([name, value]) => `${name}=${value}\n`);
  const mtime = statSync(host, { bigint: true }).mtimeNs;
  writeFileSync(join(host, 'metadata'), `#format=1\n${lines.join('')}#dir_mtime=${mtime}\n`);
}

/** Path of a package's entry. */
export function vdbPath(pkg: Package): string {
  return `${VDB}/${cpvOf(pkg)}`;
}

export function treesOf(pkg: Package, trees: readonly SourceTree[]): SourceTree[] {
  return trees.filter((tree) => tree.owner === cpvOf(pkg));
}
