import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { FREQUENT } from '../src/cli/command-line.ts';
import { cachePath, loadCompiled } from '../src/cli/compiled.ts';
import type { Terminal } from '../src/cli/terminal.ts';
import { ledgerPath } from '../src/daemon/paths.ts';
import { pathsFor } from '../src/daemon/paths-for.ts';
import { layOutDemo } from '../src/demo/lay-out-demo.ts';
import { makeDirectory } from '../src/files/make-directory.ts';
import { failureText } from '../src/ledger/failure.ts';
import { openLedger } from '../src/ledger/open-ledger.ts';
import { compileGuest } from './compile-guest.ts';

const COMMON = [
  '--bundle',
  '--platform=node',
  '--target=node20',
  '--external:better-sqlite3',
  // For --debug: a stack trace names the lines of the sources.
  '--sourcemap',
  '--sources-content=false',
  '--log-level=warning',
];
/** Bundled CommonJS code calls require(), which ES modules do not have. */
const BANNER =
  "--banner:js=import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);";

/**
 * Builds the program into a directory, as it is shipped: `aufswatch.cjs`, the form that Node loads fastest; `run.js` with
 * its parts; `quick.cjs`, the frequent commands, with its compiled form; and the guest of `rehearse` if there is a C
 * compiler. `esbuild`: the esbuild command. Throws if a step fails.
 */
export async function bundleInto(
  directory: string,
  packageDirectory = '.',
  esbuild = 'esbuild',
): Promise<void> {
  rmSync(directory, { recursive: true, force: true });
  const target = resolve(directory);
  const call = (...words: readonly string[]): void => {
    const { status, error } = spawnSync(esbuild, [...words, ...COMMON], {
      cwd: packageDirectory,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    if (status !== 0) throw new Error(`esbuild failed: ${error?.message ?? `status ${status}`}`);
  };
  const entry = ['--external:./run.js', '--define:import.meta.dirname=__dirname'];
  call('src/cli/aufswatch.ts', '--format=cjs', `--outfile=${join(target, 'aufswatch.cjs')}`, ...entry);
  chmodSync(join(target, 'aufswatch.cjs'), 0o755);
  call('src/cli/run.ts', '--splitting', '--format=esm', `--outdir=${target}`, BANNER);
  const quick = join(target, 'quick.cjs');
  // loadCompiled() passes these values to the module.
  const itself = ['--define:import.meta.url=module.url', '--define:import.meta.dirname=module.dirname'];
  call('src/cli/quick.ts', '--format=cjs', '--minify', ...itself, `--outfile=${quick}`);
  const left = compileGuest(packageDirectory, join(target, 'rehearsal-init'));
  if (left !== null) process.stderr.write(`"aufswatch rehearse" will not work: ${left}\n`);
  await compile(quick);
}

/**
 * V8 compiles a function when it first runs. So the commands run once on a machine that has something of everything. This
 * sets no flags of V8, because V8 refuses a compiled form that was made with other flags.
 */
async function compile(quick: string): Promise<void> {
  const work = mkdtempSync(join(tmpdir(), 'aufswatch-bundle-'));
  try {
    const root = join(work, 'root');
    const demo = layOutDemo(root, Date.now());
    if (!demo.ok) throw new Error(demo.message);
    const compiled = loadCompiled(quick);
    const run = compiled?.exports.runQuick;
    if (compiled === null || typeof run !== 'function') throw new Error(`${quick} does not have runQuick`);
    makeLedger(ledgerPath(pathsFor({}, 0, root)));
    for (const name of FREQUENT) {
      const status: unknown = await run([name, '--root', root], {}, NOWHERE, null, () => {});
      if (typeof status !== 'number') throw new Error(`${quick} does not run ${name}`);
    }
    writeFileSync(cachePath(quick), compiled.cache());
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function makeLedger(path: string): void {
  makeDirectory(dirname(path), 0o755);
  const made = openLedger(path);
  if (!made.ok) throw new Error(failureText(made.failure, path));
  made.ledger.close();
}

const NOWHERE: Terminal = {
  out: () => {},
  fail: (message) => {
    throw new Error(message);
  },
  colour: false,
  unicode: true,
  width: 80,
  interactive: false,
};
