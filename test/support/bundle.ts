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
  const [dist, modules] = [join(directory, 'dist'), join(directory, 'node_modules')];
  mkdirSync(modules, { recursive: true });
  const sqlite = createRequire(import.meta.url).resolve('better-sqlite3/package.json');
  symlinkSync(dirname(sqlite), join(modules, 'better-sqlite3'));
  writeFileSync(join(directory, 'package.json'), '{ "type": "module" }\n');
  await bundle(dist, PACKAGE, join(PACKAGE, 'node_modules/.bin/esbuild'));
  return join(dist, 'aufswatch.cjs');
}
