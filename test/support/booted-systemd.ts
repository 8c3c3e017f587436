import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { endBeforeRemoval, layOut, temporaryDirectory } from './temporary.ts';
import { needs } from './tools.ts';
import { until } from './wait.ts';

const CLONE = join(import.meta.dirname, '../../..');
const SCRIPT = join(CLONE, 'test/systemd/boot.sh');
const BOOT_LIMIT = 60_000;

/** For a test's `skip` option: false if a real systemd can run as process 1 in its own namespaces. */
export const BOOTED_SYSTEMD: string | false =
  needs('unshare', 'nsenter', '/lib/systemd/systemd') || mayMount();

/** A systemd that is process 1 of its own copy of this system. */
export interface BootedSystemd {
  /** Runs a command in it, as root. */
  run(...words: readonly string[]): { readonly status: number | null; readonly out: string };
  /** Whether process 1 still runs. */
  isUp(): boolean;
}

/**
 * Boots systemd in a copy of this system, with these files (some are programs) and these directories copied into it. Paths
 * have no leading slash.
 */
export async function bootSystemd(
  files: Readonly<Record<string, string>>,
  programs: readonly string[],
  directories: Readonly<Record<string, string>>,
): Promise<BootedSystemd> {
  const work = temporaryDirectory();
  layOut(join(work, 'files'), files);
  for (const path of programs) chmodSync(join(work, 'files', path), 0o755);
  for (const [path, from] of Object.entries(directories))
    cpSync(from, join(work, 'files', path), {
      recursive: true,
      verbatimSymlinks: true,
      preserveTimestamps: true,
    });
  const outer = spawn('unshare', ['-m', '-u', '-i', 'sh', SCRIPT, work, CLONE], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let output = '';
  outer.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk;
  });
  let ended = false;
  outer.once('exit', () => {
    ended = true;
  });
  endBeforeRemoval(() => {
    outer.kill('SIGKILL');
    removeCgroup(basename(work));
  });
  const run = (...words: readonly string[]) => {
    const init = childOf(outer.pid ?? 0);
    const enter = ['-t', String(init), '-m', '-p', '-u', '-i', '-C', '-r', '-w', ...words];
    const { status, stdout, stderr } = spawnSync('nsenter', enter, {
      encoding: 'utf8',
      timeout: 30_000,
      env: { PATH: '/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C.UTF-8' },
    });
    return { status, out: `${stdout}${stderr}` };
  };
  const isReady = (): boolean => {
    if (ended) throw new Error(`systemd did not start: ${output}`);
    return (
      childOf(outer.pid ?? 0) !== null &&
      /^(running|degraded)/.test(run('systemctl', 'is-system-running').out)
    );
  };
  await until('systemd is up', isReady, BOOT_LIMIT);
  return { run, isUp: () => !ended };
}

/** The only child of a process; null: it has none. */
function childOf(pid: number): number | null {
  const path = `/proc/${pid}/task/${pid}/children`;
  const child = existsSync(path) ? readFileSync(path, 'utf8').trim() : '';
  return child === '' ? null : Number(child);
}

function removeCgroup(name: string): void {
  const place = mkTemporaryMount();
  if (place === null) return;
  const cgroup = join(place, name);
  if (existsSync(cgroup)) {
    writeFileSync(join(cgroup, 'cgroup.kill'), '1');
    spawnSync('sh', ['-c', 'sleep 0.2; find "$1" -depth -type d -exec rmdir {} +', 'sh', cgroup]);
  }
  spawnSync('umount', [place]);
  rmdirSync(place);
}

/** Mounts cgroup2 at a temporary directory for a moment, because its usual mount point differs between systems. */
function mkTemporaryMount(): string | null {
  const place = `/run/aufswatch-test-${process.pid}`;
  mkdirSync(place, { recursive: true });
  if (spawnSync('mount', ['-t', 'cgroup2', 'none', place]).status === 0) return place;
  rmSync(place, { recursive: true, force: true });
  return null;
}

function mayMount(): string | false {
  const script = 'mount -t cgroup2 none /mnt && mkdir /mnt/aufswatch-may-$$ && rmdir /mnt/aufswatch-may-$$';
  const { status } = spawnSync('unshare', ['-m', 'sh', '-c', script]);
  return status === 0 ? false : 'needs to mount cgroups: run as root, with namespaces';
}
