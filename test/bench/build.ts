import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeMachine } from '../../src/demo/machine.ts';
import { SOURCE_PACKAGE, TREE_IN_WORKSHOP } from '../real/kernel/cache.ts';
import { makeEnv } from '../real/kernel/make.ts';
import { unpackTree } from '../real/kernel/source-tree.ts';
import { copyProgram } from '../support/bundle.ts';
import { scansOf, startDaemon } from '../support/daemon.ts';
import { inotifyWatches } from '../support/inotify.ts';
import { largeMachine } from '../support/large-machine.ts';
import { NAMESPACE } from '../support/namespace.ts';
import { cpuTime, runTimed } from '../support/process-cost.ts';
import { endAll } from '../support/temporary.ts';
import { until } from '../support/wait.ts';
import type { BenchRow } from './row.ts';

/**
 * Processes are read only if the root is that of the running system. So the machine is mounted over it, in a private
 * namespace.
 */
const OVER_THIS_MACHINE = `
set -eu
work=$1
shift
mount -t overlay overlay -o "lowerdir=/var,upperdir=$work/upper,workdir=$work/overlay" /var
mkdir -p /var/db/pkg
mount --bind "$work/root/var/db/pkg" /var/db/pkg
mount --bind "$work/root/usr/src" /usr/src
exec "$@"
`;

/**
 * The processor time of the daemon during the build of a kernel, in the same tree that it watches, with an empty
 * compiler cache: ten minutes on two processors.
 */
export async function benchBuild(): Promise<BenchRow[]> {
  const lacks = NAMESPACE || (existsSync(SOURCE_PACKAGE) ? false : `needs ${SOURCE_PACKAGE}`);
  if (lacks !== false) {
    process.stdout.write(`  not measured: ${lacks}\n`);
    return [];
  }
  const work = mkdtempSync(join(tmpdir(), 'aufswatch-bench-'));
  try {
    for (const name of ['root', 'upper', 'overlay']) mkdirSync(join(work, name));
    const root = join(work, 'root');
    writeMachine(root, largeMachine(Date.now()));
    unpackTree(join(root, TREE_IN_WORKSHOP));
    const settings = join(work, 'aufswatch.toml');
    writeFileSync(settings, '[log]\nlevel = "debug"\n');
    const daemon = startDaemon('/', {
      program: copyProgram(join(work, 'program')),
      state: join(work, 'state'),
      runtime: join(work, 'runtime'),
      words: ['--config', settings],
      under: ['unshare', '-m', 'sh', '-c', OVER_THIS_MACHINE, 'sh', work],
    });
    try {
      await until('its first scans are over', () => scansOf(daemon).length >= 2, 60_000);
      const make = (...words: readonly string[]) =>
        runTimed(
          [
            'nsenter',
            '-t',
            String(daemon.pid),
            '-m',
            'make',
            '-s',
            '-C',
            TREE_IN_WORKSHOP,
            'ARCH=um',
            '-j2',
            ...words,
          ],
          { ...makeEnv(), CCACHE_DISABLE: '1' },
        );
      await make('aw_defconfig');
      const before = cpuTime(daemon.pid);
      const scans = scansOf(daemon).length;
      const build = await make('linux', 'modules');
      const own = cpuTime(daemon.pid) - before;
      return [
        { what: 'build of a kernel: processor time of make', value: build / 1000, unit: 's' },
        { what: 'build of a kernel: processor time of the daemon', value: own / 1000, unit: 's' },
        { what: 'build of a kernel: scans meanwhile', value: scansOf(daemon).length - scans, unit: '' },
        { what: 'build of a kernel: the daemon of make', value: (100 * own) / build, unit: '%', limit: 0.5 },
        { what: 'build of a kernel: watches at its end', value: inotifyWatches(daemon.pid), unit: 'watches' },
      ];
    } finally {
      daemon.signal('SIGKILL');
      await daemon.ended;
      endAll();
    }
  } finally {
    rmSync(work, { recursive: true, force: true, maxRetries: 10 });
  }
}
