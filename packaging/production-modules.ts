import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Only what the bundle does not hold: the native module, and what that loads. */
const NATIVE = 'better-sqlite3';
/** Needed to install it, and never at run time. */
const INSTALL_ONLY = ['prebuild-install'];

/**
 * The directories of node_modules that an installation needs. Throws where the native module is not built.
 */
export function productionModules(packageDirectory: string): string[] {
  const modules = `node_modules/${NATIVE}`;
  const built = `${modules}/build/Release`;
  if (!existsSync(join(packageDirectory, built, 'better_sqlite3.node')))
    throw new Error(`${built}/better_sqlite3.node is not there: run npm ci, or npm rebuild ${NATIVE}`);
  return [`${modules}/lib`, ...dependencies(packageDirectory, NATIVE).map((name) => `node_modules/${name}`)];
}

/** Single files beside those directories. */
export const PRODUCTION_FILES = [
  `node_modules/${NATIVE}/package.json`,
  `node_modules/${NATIVE}/LICENSE`,
  `node_modules/${NATIVE}/build/Release/better_sqlite3.node`,
];

function dependencies(packageDirectory: string, name: string): string[] {
  const path = join(packageDirectory, 'node_modules', name, 'package.json');
  const manifest: unknown = JSON.parse(readFileSync(path, 'utf8'));
  const named =
    typeof manifest === 'object' && manifest !== null && 'dependencies' in manifest
      ? manifest.dependencies
      : null;
  const names = typeof named === 'object' && named !== null ? Object.keys(named) : [];
  return names
    .filter((dependency) => !INSTALL_ONLY.includes(dependency))
    .flatMap((dependency) => [dependency, ...dependencies(packageDirectory, dependency)]);
}
