import { mkdirSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { buildSync } from 'esbuild';
import { PROGRAM } from './program.ts';

/**
 * Bundles the program into a directory, as it is shipped; returns the path of its entry. Another user may run it
 * there who cannot read the directory that it is built in.
 */
export function bundleInto(directory: string): string {
  buildSync({
    entryPoints: [PROGRAM],
    outdir: directory,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    external: ['better-sqlite3'],
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    outExtension: { '.js': '.mjs' },
    logLevel: 'error',
  });
  const modules = join(directory, 'node_modules');
  mkdirSync(modules);
  const sqlite = createRequire(import.meta.url).resolve('better-sqlite3/package.json');
  symlinkSync(dirname(sqlite), join(modules, 'better-sqlite3'));
  return join(directory, 'aufswatch.mjs');
}
