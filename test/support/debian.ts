import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The cache of downloads, outside of the checkout. */
export const CACHE = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'aufswatch-debian');

/** The programs that debianFiles needs. */
export const DEBIAN_TOOLS = ['apt-get', 'apt-cache', 'dpkg-deb', 'tar'] as const;

/**
 * Downloads a Debian package without installing it, and unpacks one directory of it (`./boot`) into a cache
 * outside of the checkout. Returns the directory with the unpacked files; throws if it is not available.
 */
export async function debianFiles(name: string, part: string): Promise<string> {
  const directory = join(CACHE, name);
  if (existsSync(directory)) return directory;
  mkdirSync(CACHE, { recursive: true });
  const work = mkdtempSync(join(CACHE, '.new-'));
  try {
    const file = downloadPackage(name, work);
    await unpack(file, part, work);
    rmSync(file);
    renameSync(work, directory);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return directory;
}

/** Name of the package that Debian's `linux-image-amd64` stands for now. */
export function debianKernelPackage(): string {
  const text = execFileSync('apt-cache', ['depends', 'linux-image-amd64'], { encoding: 'utf8' });
  const name = /Depends: (linux-image-\S+)/.exec(text)?.[1];
  if (name === undefined) throw new Error('linux-image-amd64 depends on no kernel; is there a package list?');
  return name;
}

/** dpkg-deb -x would unpack 400 MB of modules as well. */
async function unpack(file: string, part: string, target: string): Promise<void> {
  const source = spawn('dpkg-deb', ['--fsys-tarfile', file], { stdio: ['ignore', 'pipe', 'ignore'] });
  const sink = spawn('tar', ['-x', '-C', target, part], { stdio: ['pipe', 'ignore', 'ignore'] });
  source.stdout.pipe(sink.stdin);
  const [code] = await once(sink, 'exit');
  if (code !== 0) throw new Error(`${file} has no ${part}`);
}

/** The file that linux-source-6.1 installs. */
export const SOURCE_ARCHIVE = '/usr/src/linux-source-6.1.tar.xz';

/**
 * Some files of Debian's kernel sources, in a directory that is made once, because unpacking takes a minute. Copy them
 * before you change them.
 */
export function debianSources(files: readonly string[]): string {
  const { size, mtimeMs } = statSync(SOURCE_ARCHIVE);
  const key = createHash('sha256')
    .update(JSON.stringify([size, mtimeMs, files]))
    .digest('hex')
    .slice(0, 16);
  const directory = join(CACHE, `sources-${key}`);
  if (existsSync(directory)) return directory;
  mkdirSync(CACHE, { recursive: true });
  const work = mkdtempSync(join(CACHE, '.new-'));
  try {
    const members = files.map((file) => `linux-source-6.1/${file}`);
    // With --occurrence tar ends after the last of them.
    const options = ['-xf', SOURCE_ARCHIVE, '-C', work, '--strip-components=1', '--occurrence=1'];
    execFileSync('tar', [...options, ...members], { timeout: 600_000 });
    renameSync(work, directory);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return directory;
}

/** Downloads a Debian package into a directory; returns the path of the file, or throws the message of apt-get. */
export function downloadPackage(name: string, directory: string): string {
  const options = [...aptOptions(name), '-q', '-o', 'APT::Sandbox::User=root', 'download', name];
  execFileSync('apt-get', options, { cwd: directory, stdio: 'pipe', timeout: 300_000 });
  const file = readdirSync(directory).find((entry) => entry.endsWith('.deb'));
  if (file === undefined) throw new Error(`apt-get brought no package ${name}`);
  return join(directory, file);
}

/** Lists of packages are downloaded again after this, ms: old kernels leave the archive. */
const LISTS_AGE = 24 * 3_600_000;

/**
 * Options of apt-get and apt-cache for a package or a flavour of kernels. Those whose name ends in `arm64` are of that
 * architecture, which has lists of its own in the cache: the machine's apt stays as it is.
 */
export function aptOptions(name: string): string[] {
  const arch = 'arm64';
  if (!name.endsWith(arch)) return [];
  const lists = join(CACHE, `lists-${arch}`);
  const options = [
    `Dir::State::lists=${lists}`,
    'Dir::State::status=/dev/null',
    `Dir::Cache=${lists}`,
    `APT::Architecture=${arch}`,
    `APT::Architectures::=${arch}`,
  ].flatMap((option) => ['-o', option]);
  const stamp = join(lists, 'stamp');
  if (existsSync(stamp) && Date.now() - statSync(stamp).mtimeMs < LISTS_AGE) return options;
  mkdirSync(join(lists, 'partial'), { recursive: true });
  execFileSync('apt-get', [...options, '-o', 'APT::Sandbox::User=root', '-qq', 'update'], {
    stdio: 'pipe',
    timeout: 300_000,
  });
  writeFileSync(stamp, '');
  return options;
}
