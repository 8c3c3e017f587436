import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { BUNDLED } from './program.ts';

/**
 * Copies the program into a directory, as it is shipped, and returns the path of its entry. There a user can run it who
 * cannot read the directory in which it was built.
 */
export function copyProgram(directory: string): string {
  const [dist, modules] = [join(directory, 'dist'), join(directory, 'node_modules')];
  mkdirSync(modules, { recursive: true });
  const sqlite = createRequire(import.meta.url).resolve('better-sqlite3/package.json');
  symlinkSync(dirname(sqlite), join(modules, 'better-sqlite3'));
  writeFileSync(join(directory, 'package.json'), '{ "type": "module" }\n');
  cpSync(BUNDLED, dist, { recursive: true });
  return join(dist, 'aufswatch.cjs');
}
