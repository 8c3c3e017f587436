import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { bundleInto as bundle } from '../../packaging/bundle-into.ts';

const PACKAGE = join(import.meta.dirname, '../../..');

/**
 * Bundles the program into a directory, as it is shipped; resolves to the path of its entry. Another user may run it
 * there who cannot read the directory that it is built in.
 */
export async function bundleInto(directory: string): Promise<string> {
  const dist = join(directory, 'dist');
  await bundle(dist, PACKAGE, join(PACKAGE, 'node_modules/.bin/esbuild'));
  writeFileSync(join(directory, 'package.json'), '{ "type": "module" }\n');
  const modules = join(directory, 'node_modules');
  mkdirSync(modules);
  const sqlite = createRequire(import.meta.url).resolve('better-sqlite3/package.json');
  symlinkSync(dirname(sqlite), join(modules, 'better-sqlite3'));
  return join(dist, 'aufswatch.cjs');
}
