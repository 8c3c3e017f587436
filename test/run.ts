/**
 * Runs the tests: every `*.test.js` under build/test, or under the directories and files named on the command
 * line. With `--no-skips`, a skipped test is a failure (`.ci/run` has every tool that a test can need).
 */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync, statfsSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { processesFor } from './support/batches.ts';
import { installProgram } from './support/program.ts';

const args = process.argv.slice(2);
const skipsFail = args.includes('--no-skips');
const wanted = args.filter((arg) => !arg.startsWith('--'));
const built = import.meta.dirname;
const packageDirectory = resolve(built, '../..');

/**
 * Tests that take minutes run only by name: tests against kernels of User-mode Linux (`npm run test:kernel`), those
 * under a real Portage (`npm run test:portage`), with real boot loaders (`npm run test:boot`), with a real dockerd
 * (`npm run test:docker`), with Debian's kernels in QEMU (`npm run test:rehearsal`), with the real AUFS (`npm run
 * test:aufs`), and the long form of two tests of the daemon (`npm run test:soak`).
 */
const KERNELS = ['kernel', 'rehearsal'].map((name) => join(built, 'real', name));
const ON_REQUEST: readonly string[] = [
  ...KERNELS,
  ...['portage', 'boot', 'docker', 'aufs', 'soak'].map((name) => join(built, 'real', name)),
];

/** A process that takes longer is ended, ms. One of the tests that run only by name compiles kernels. */
const LIMIT = 15 * 60_000;
const KERNEL_LIMIT = 60 * 60_000;

/** One process more than there are processors, because many tests wait for a program or a timer. */
const CONCURRENCY = availableParallelism() + 1;

/** Tests lay out machines of thousands of small files. In memory that takes an eighth of the time. */
const MEMORY = '/dev/shm';
const MEMORY_NEEDED = 2 * 1024 ** 3;
if (process.env.TMPDIR === undefined && hasRoom(MEMORY)) process.env.TMPDIR = MEMORY;

bundleIfStale();
installProgram();

const files = (wanted.length > 0 ? wanted.map(toBuilt) : [built]).flatMap(testFiles);
const skipped: string[] = [];
const withKernels = files.some((file) => KERNELS.some((place) => file.startsWith(place)));
const stream = run({
  files: processesFor(files, built),
  concurrency: CONCURRENCY,
  timeout: withKernels ? KERNEL_LIMIT : LIMIT,
});
stream.on('test:fail', () => {
  process.exitCode = 1;
});
stream.on('test:pass', (data) => {
  if (data.skip !== undefined && data.skip !== false) skipped.push(`${data.name}: ${data.skip}`);
});
stream.on('end', () => {
  if (files.length === 0) process.exitCode = 1;
  for (const line of skipped) process.stderr.write(`skipped: ${line}\n`);
  if (skipsFail && skipped.length > 0) process.exitCode = 1;
});
stream.compose(new spec()).pipe(process.stdout);

/** Tests run the program as it is shipped. */
function bundleIfStale(): void {
  const last = join(packageDirectory, 'dist/quick.cjs.cache');
  const sources = ['src', 'packaging', 'package-lock.json'].map((name) => join(packageDirectory, name));
  if (existsSync(last) && Math.max(...sources.map(newest)) < statSync(last).mtimeMs) return;
  const { status } = spawnSync('npm', ['run', '--silent', 'bundle'], {
    cwd: packageDirectory,
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(1);
}

/** mtime of the file, or of the newest file in the directory; ms since the epoch. */
function newest(path: string): number {
  const stat = statSync(path);
  const inside = stat.isDirectory() ? readdirSync(path).map((name) => newest(join(path, name))) : [];
  return Math.max(stat.mtimeMs, ...inside);
}

function hasRoom(directory: string): boolean {
  try {
    accessSync(directory, constants.W_OK);
    const { bavail, bsize } = statfsSync(directory);
    return bavail * bsize >= MEMORY_NEEDED;
  } catch {
    return false;
  }
}

/** `test/system/portage` or `test/x.test.ts` → the path of its compiled form. */
function toBuilt(path: string): string {
  const compiled = path.replace(/\.ts$/, '.js');
  const inBuild = resolve(built, '..', compiled);
  return existsSync(inBuild) ? inBuild : resolve(compiled);
}

function testFiles(path: string): string[] {
  if (statSync(path).isFile()) return [path];
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) => {
    const child = join(path, entry.name);
    if (entry.isDirectory()) return ON_REQUEST.includes(child) ? [] : testFiles(child);
    return entry.name.endsWith('.test.js') && hasSource(child) ? [child] : [];
  });
}

/** tsc leaves the compiled form of a test that was renamed or removed. */
function hasSource(file: string): boolean {
  return existsSync(join(packageDirectory, 'test', relative(built, file)).replace(/\.js$/, '.ts'));
}
