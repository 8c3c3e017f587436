/**
 * `npm run stage -- DESTDIR [--without PART]… [--doc NAME]`: lays out an installation under DESTDIR, as the FHS wants it. With the
 * part `uninstall` it notes what it made, so that /usr/lib/aufswatch/uninstall can take exactly that away.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { replaceFile } from '../src/files/replace-file.ts';
import { HOME, layout, OPTIONAL_PARTS, type StagedFile } from './layout.ts';

const USAGE = `usage: npm run stage -- DESTDIR [--without PART]… [--doc NAME]   parts: ${OPTIONAL_PARTS.join(', ')}`;

process.exitCode = main();

function main(): number {
  // Whoever installs it, it is for everyone to read.
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
  mkdirSync(destination, { recursive: true });
  const files = layout(process.cwd(), values.doc ?? 'aufswatch').filter(
    ({ parts }) => !parts.some((part) => without.includes(part)),
  );
  const made = files.flatMap((file) => put(resolve(destination), file));
  if (!without.includes('uninstall')) note(resolve(destination), files, made);
  process.stdout.write(`${files.length} files are in ${destination}\n`);
  return 0;
}

/** Puts one file in its place, exchanged whole; returns the directories that had to be made, outermost first. */
function put(destination: string, { path, mode, content }: StagedFile): string[] {
  const target = join(destination, path);
  const made = makeDirectory(destination, dirname(path));
  // The administrator's, once it is there.
  if (/^\/etc\/(conf|logrotate)\.d\//.test(path) && existsSync(target)) return made;
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
 * Writes the list of what is there now: one path a line, directories that were made with a slash at the end. Files
 * of an earlier installation that are no longer part of it go.
 */
function note(destination: string, files: readonly StagedFile[], made: readonly string[]): void {
  const list = join(destination, HOME, 'installed.files');
  const paths = files.map(({ path }) => path);
  const earlier = existsSync(list) ? readFileSync(list, 'utf8').split('\n').filter(isCleanPath) : [];
  const directories = [...earlier.filter((path) => path.endsWith('/')), ...made.map((path) => `${path}/`)];
  for (const path of earlier) {
    if (!path.endsWith('/') && !paths.includes(path)) rmSync(join(destination, path), { force: true });
  }
  replaceFile(list, `${[...new Set([...directories, ...paths])].sort().join('\n')}\n`, 0o644);
}

function isCleanPath(path: string): boolean {
  return path.startsWith('/') && !path.split('/').includes('..');
}
