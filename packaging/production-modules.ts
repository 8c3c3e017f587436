import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The native module. It and the modules that it loads are not in the bundle. */
const NATIVE = 'better-sqlite3';
/** Needed only to install it. */
const INSTALL_ONLY = ['prebuild-install'];

/**
 * The directories of node_modules that an installation needs. Throws if the native module is not built.
 */
export function productionModules(packageDirectory: string): string[] {
  const modules = `node_modules/${NATIVE}`;
  const built = `${modules}/build/Release`;
  if (!existsSync(join(packageDirectory, built, 'better_sqlite3.node')))
    throw new Error(`${built}/better_sqlite3.node does not exist: run npm ci, or npm rebuild ${NATIVE}`);
  return [`${modules}/lib`, ...dependencies(packageDirectory, NATIVE).map((name) => `node_modules/${name}`)];
}

/** Single files in addition to those directories. */
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
