import { appendFileSync, readdirSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { builtTree, DAY, inSync, kernelOf, OLD_SET, releaseFor } from '../../src/demo/in-sync.ts';
import { type Machine, writeMachine } from '../../src/demo/machine.ts';
import { aufsModule, moduleIn } from '../../src/demo/out-of-tree.ts';
import { plainPackage } from '../../src/demo/package.ts';
import { sourcesPackage } from '../../src/demo/packages.ts';

const CATEGORIES = 160;
const SUBLEVELS = [189, 190];
const DEBUG_BYTES = 11 * 1024 * 1024;
/** The `inherit` lines of most ebuilds; one package in ten has none at all. */
const ECLASSES = ['toolchain-funcs', 'multilib', 'flag-o-matic', 'cmake', 'xdg-utils', 'python-utils-r1'];

/**
 * Writes a machine of four trees, four releases and six modules (one with 11 MB of debug information). The files that
 * every kernel has are as large as on a desktop.
 */
export function writeBenchMachine(root: string, packages: number): void {
  writeMachine(root, benchMachine(Date.now(), packages));
  for (const tree of namesIn(join(root, 'usr/src')).filter((name) => name.startsWith('linux-'))) {
    const directory = join(root, 'usr/src', tree);
    pad(join(directory, '.config'), 5500, (n) => `# CONFIG_BENCH_${n} is not set`);
    pad(join(directory, 'include/config/auto.conf'), 2800, (n) => `CONFIG_BENCH_SET_${n}=y`);
    pad(join(directory, 'Module.symvers'), 20_000, symversLine);
    pad(join(directory, 'System.map'), 110_000, mapLine);
    for (const file of namesIn(directory, 'with all below').filter((name) => /\.[ch]$/.test(name)))
      pad(join(directory, file), 1500, (n) => `static int bench_${n}(void) { return ${n}; }`);
  }
  for (const release of namesIn(join(root, 'lib/modules'))) {
    const directory = join(root, 'lib/modules', release);
    pad(join(directory, 'modules.dep'), 5500, (n) => `kernel/drivers/bench/bench-${n}.ko: kernel/lib/x.ko`);
    pad(join(directory, 'modules.order'), 5500, (n) => `kernel/drivers/bench/bench-${n}.ko`);
    pad(join(directory, 'modules.builtin'), 3000, (n) => `kernel/drivers/bench/builtin-${n}.ko`);
  }
  const sources = join(root, 'var/db/pkg/sys-kernel');
  const entry = 'd41d8cd98f00b204e9800998ecf8427e 1700000000';
  for (const pf of namesIn(sources))
    pad(join(sources, pf, 'CONTENTS'), 80_000, (n) => `obj /usr/src/linux-x/drivers/bench/f${n}.c ${entry}`);
}

function benchMachine(now: number, packages: number): Machine {
  const base = inSync(now);
  const older = SUBLEVELS.map((sublevel, n) =>
    kernelOf(`6.1.${sublevel}`, 1, now - (100 + n) * DAY, OLD_SET),
  );
  const sources = older.map(({ version }, n) => sourcesPackage(version, now - (101 + n) * DAY, 0));
  const own = base.packages.map((pkg) => ({
    ...pkg,
    modules: pkg.modules.map((file) =>
      file.module.name === 'aufs' ? { ...file, module: { ...file.module, debugBytes: DEBUG_BYTES } } : file,
    ),
  }));
  const others = Array.from({ length: packages - own.length - sources.length }, (_, n) => ({
    ...plainPackage(`cat-${n % CATEGORIES}`, `package${n}`, '1.0', now - 200 * DAY),
    inherited: n % 10 === 0 ? [] : ECLASSES.slice(0, 1 + (n % ECLASSES.length)),
  }));
  return {
    ...base,
    packages: [...own, ...sources, ...others],
    trees: [...base.trees, ...older.map((kernel) => builtTree(kernel, kernel.at - DAY))],
    releases: [
      ...base.releases,
      ...older.map((kernel) => ({
        ...releaseFor(kernel),
        unowned: [moduleIn('misc', aufsModule(OLD_SET, kernel), kernel.at)],
      })),
    ],
  };
}

function symversLine(n: number): string {
  const crc = ((n * 2654435761) >>> 0).toString(16).padStart(8, '0');
  const type = n % 2 === 0 ? 'EXPORT_SYMBOL_GPL' : 'EXPORT_SYMBOL';
  return `0x${crc}\tbench_symbol_of_usual_length_${n}\t${n % 3 === 0 ? 'drivers/bench/bench' : 'vmlinux'}\t${type}\t`;
}

function mapLine(n: number): string {
  return `${(0xffffffff82000000n + BigInt(n * 64)).toString(16)} ${n % 2 === 0 ? 't' : 'r'} bench_function_of_usual_length_${n}`;
}

function namesIn(directory: string, depth?: 'with all below'): string[] {
  return readdirSync(directory, { encoding: 'utf8', recursive: depth !== undefined });
}

/** Makes a file larger and keeps its mtime. */
function pad(path: string, count: number, line: (n: number) => string): void {
  const { atimeMs, mtimeMs } = statSync(path);
  appendFileSync(path, Array.from({ length: count }, (_, n) => `${line(n)}\n`).join(''));
  utimesSync(path, atimeMs / 1000, mtimeMs / 1000);
}
