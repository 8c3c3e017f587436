import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

/**
 * Test files that share a process: `node --test` starts a process for each file, which takes longer than most files run. A
 * file gets its own process if its text shows that it changes its process or starts processes in the background.
 */
const ALONE =
  /process\.env\.\w+ = |process\.chdir\(|\bmock\b|\bspawn\(|\/support\/(?:booted-systemd|bus|daemon|desktop|slow-files|storm)\./;
/** Directories of files that take long. Each file gets its own process, so that they run in parallel. */
const LONG_ROOMS = ['cli', 'daemon', 'demo', 'hooks', 'openrc', 'packaging', 'real', 'setup', 'systemd'];
const BATCH = 24;
/** The files that take longest, by work or by waiting. They start first, and the others run beside them. */
const LONGEST = [
  ...['real/debian/predictions', 'setup/setup', 'setup/doctor', 'systemd/booted', 'packaging/install'],
  ...['hooks/bashrc', 'daemon/daemon', 'daemon/slow-files', 'notify/desktop/agent', 'openrc/service'],
  ...[
    'daemon/storm',
    'daemon/killed',
    'packaging/stage',
    'daemon/problems',
    'daemon/guard',
    'daemon/notifier',
  ],
];
/** Time limit for a file in a batch, ms. */
const FILE_LIMIT = 10 * 60_000;

/** The files to start a process for, in order. `built`: the directory build/test. */
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

/** Writes a file for each batch. It runs each test file of the batch as a suite of that name. */
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

/** If a file cannot be loaded, its suite fails and the others still run. */
function batch(names: readonly string[]): string {
  return `import { suite } from 'node:test';
for (const name of ${JSON.stringify(names)})
  suite(\`test/\${name.replace(/\\.js$/, '.ts')}\`, { timeout: ${FILE_LIMIT} }, () => import(\`../test/\${name}\`));
`;
}

function withoutEnding(file: string): string {
  return file.replace(/\.test\.js$/, '');
}
