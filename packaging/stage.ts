/**
 * `npm run stage -- DESTDIR [--without PART]… [--doc NAME]`: lays out an installation under DESTDIR according to the FHS. With
 * the part `uninstall` it records the files that it made, so that /usr/lib/aufswatch/uninstall can remove exactly those.
 */
import { existsSync, lstatSync, mkdirSync, readFileSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { replaceFile } from '../src/files/replace-file.ts';
import { HOME, layout, OPTIONAL_PARTS, type StagedFile } from './layout.ts';

const USAGE = `usage: npm run stage -- DESTDIR [--without PART]… [--doc NAME]   parts: ${OPTIONAL_PARTS.join(', ')}`;

process.exitCode = main();

function main(): number {
  // All users may read the files, whatever the umask of the caller is.
  process.umask(0o022);
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    strict: true,
    options: { without: { type: 'string', multiple: true }, doc: { type: 'string' } },
  });
  const [destination, ...more] = positionals;
  const without = values.without ?? [];
  const unknown = without.find((part) => !OPTIONAL_PARTS.some((known) => known === part));
  if (destination === undefined || more.length > 0 || unknown !== undefined) {
    process.stderr.write(`${USAGE}\n`);
    return 64;
  }
  makeDirectory('/', resolve(destination));
  const files = layout(process.cwd(), values.doc ?? 'aufswatch').filter(
    ({ parts }) => !parts.some((part) => without.includes(part)),
  );
  const root = resolve(destination);
  const before = versionIn(root);
  const changes = files.map((file) => changeOf(root, file));
  const made = files.flatMap((file) => put(root, file));
  const removed = without.includes('uninstall') ? 0 : note(root, files, made);
  const count = (kind: Change): number => changes.filter((change) => change === kind).length;
  process.stdout.write(
    `${whatHappened(before, versionIn(root), destination)}: ${files.length} files, of them ${count('new')} new and ` +
      `${count('changed')} changed; old files removed: ${removed}\n`,
  );
  return 0;
}

type Change = 'new' | 'changed' | 'same';

/** The version that is installed under `destination`; null: none. */
function versionIn(destination: string): string | null {
  const path = join(destination, HOME, 'package.json');
  if (!existsSync(path)) return null;
  return /"version": "([^"]+)"/.exec(readFileSync(path, 'utf8'))?.[1] ?? 'of unknown number';
}

function whatHappened(before: string | null, now: string | null, destination: string): string {
  if (before === null) return `aufswatch ${now} is installed in ${destination}`;
  if (before === now) return `aufswatch ${now} is installed again in ${destination}`;
  return `aufswatch ${before} is now ${now} in ${destination}`;
}

/** Compares the file with the installed one. Call it before put(). */
function changeOf(destination: string, { path, content }: StagedFile): Change {
  const target = join(destination, path);
  const stat = lstatSync(target, { throwIfNoEntry: false });
  if (stat === undefined) return 'new';
  if (isAdministrators(path)) return 'same';
  if (Buffer.isBuffer(content))
    return stat.isFile() && readFileSync(target).equals(content) ? 'same' : 'changed';
  return stat.isSymbolicLink() && readlinkSync(target) === content.link ? 'same' : 'changed';
}

/** Files of the administrator: an existing one is never overwritten. */
function isAdministrators(path: string): boolean {
  return /^\/etc\/(conf|logrotate)\.d\//.test(path);
}

/** Installs one file; a regular file is replaced atomically. Returns the directories that it made, outermost first. */
function put(destination: string, { path, mode, content }: StagedFile): string[] {
  const target = join(destination, path);
  const made = makeDirectory(destination, dirname(path));
  if (isAdministrators(path) && existsSync(target)) return made;
  if (Buffer.isBuffer(content)) {
    replaceFile(target, content, mode);
  } else {
    rmSync(target, { force: true });
    symlinkSync(content.link, target);
  }
  return made;
}

function makeDirectory(destination: string, path: string): string[] {
  if (path === '/' || existsSync(join(destination, path))) return [];
  const above = makeDirectory(destination, dirname(path));
  mkdirSync(join(destination, path), { mode: 0o755 });
  return [...above, path];
}

/**
 * Writes the list of installed files: one path a line, and the directories that were made with a slash at the end. Removes
 * the files of the previous installation that are not in this one, and returns their number.
 */
function note(destination: string, files: readonly StagedFile[], made: readonly string[]): number {
  const list = join(destination, HOME, 'installed.files');
  const paths = files.map(({ path }) => path);
  const earlier = existsSync(list) ? readFileSync(list, 'utf8').split('\n').filter(isCleanPath) : [];
  const directories = [...earlier.filter((path) => path.endsWith('/')), ...made.map((path) => `${path}/`)];
  const gone = earlier.filter((path) => !path.endsWith('/') && !paths.includes(path));
  for (const path of gone) rmSync(join(destination, path), { force: true });
  replaceFile(list, `${[...new Set([...directories, ...paths])].sort().join('\n')}\n`, 0o644);
  return gone.length;
}

function isCleanPath(path: string): boolean {
  return path.startsWith('/') && !path.split('/').includes('..');
}
