import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

/**
 * Files of tests that share a process: `node --test` starts one for each file, which takes longer than most files run.
 * A file has a process of its own where its text says that it changes its process or has processes in the background.
 */
const ALONE =
  /process\.env\.\w+ = |process\.chdir\(|\bmock\b|\bspawn\(|\/support\/(?:booted-systemd|bus|daemon|desktop|slow-files|storm)\./;
/** Rooms of files that take long. They too have a process of their own: so they run beside each other. */
const LONG_ROOMS = ['cli', 'daemon', 'demo', 'hooks', 'openrc', 'packaging', 'real', 'setup', 'systemd'];
const BATCH = 24;
/** Files that take longest, most of it waiting. They begin first, and the others run beside them. */
const LONGEST = [
  ...['daemon/killed', 'daemon/storm', 'openrc/service', 'daemon/slow-files', 'systemd/booted'],
  ...['daemon/guard', 'cli/rehearse', 'cli/quick', 'cli/completion'],
];
/** A file in a batch that takes longer fails, ms. */
const FILE_LIMIT = 10 * 60_000;

/** The files to start a process for, in their order. `built`: the directory build/test. */
export function processesFor(files: readonly string[], built: string): string[] {
  const isLong = (file: string): boolean => LONGEST.includes(withoutEnding(relative(built, file)));
  const alone = files.filter((file) => isAlone(file, built));
  const together = files.filter((file) => !alone.includes(file));
  return [
    ...alone.filter((file) => isLong(file)),
    ...(together.length > 1 ? batches(together, built) : together),
    ...alone.filter((file) => !isLong(file)),
  ];
}

function isAlone(file: string, built: string): boolean {
  const [room = ''] = relative(built, file).split(sep);
  return room === '..' || LONG_ROOMS.includes(room) || ALONE.test(readFileSync(file, 'utf8'));
}

/** Writes a file for each batch, which runs each of its files as a suite of that name. */
function batches(files: readonly string[], built: string): string[] {
  const directory = join(dirname(built), 'batches');
  mkdirSync(directory, { recursive: true });
  const count = Math.ceil(files.length / BATCH);
  return Array.from({ length: count }, (_, n) => {
    const names = files.filter((_file, index) => index % count === n).map((file) => relative(built, file));
    const path = join(directory, `${process.pid}-${n + 1}-of-${count}.js`);
    writeFileSync(path, batch(names));
    process.once('exit', () => rmSync(path, { force: true }));
    return path;
  });
}

/** A file that cannot be loaded is a suite that fails, and the others run. */
function batch(names: readonly string[]): string {
  return `import { suite } from 'node:test';
for (const name of ${JSON.stringify(names)})
  suite(\`test/\${name.replace(/\\.js$/, '.ts')}\`, { timeout: ${FILE_LIMIT} }, () => import(\`../test/\${name}\`));
`;
}

function withoutEnding(file: string): string {
  return file.replace(/\.test\.js$/, '');
}
