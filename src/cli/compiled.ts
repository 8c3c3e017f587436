import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Script } from 'node:vm';

/** A part of the program that was compiled before it is run. */
export interface Compiled {
  /** What the file exports. */
  readonly exports: Readonly<Record<string, unknown>>;
  /** The compiled form of all that has run so far, for the next time. */
  cache(): Buffer;
}

/** Where the compiled form of a file is kept. */
export function cachePath(path: string): string {
  return `${path}.cache`;
}

/**
 * Loads a file of CommonJS with its compiled form beside it, which spares most of the time that a start takes. A form
 * that another version of Node made is not taken: then the file is compiled again, as any other. null: there is no file.
 */
export function loadCompiled(path: string): Compiled | null {
  const source = readIfThere(path);
  if (source === null) return null;
  const cachedData = readIfThere(cachePath(path));
  const text = `(function (module, require) {${source.toString('utf8')}\n})`;
  const script = new Script(text, { filename: path, ...(cachedData === null ? {} : { cachedData }) });
  const run: unknown = script.runInThisContext();
  const module: { exports: Record<string, unknown> } = { exports: {} };
  if (typeof run === 'function') Reflect.apply(run, undefined, [module, createRequire(path)]);
  return { exports: module.exports, cache: () => script.createCachedData() };
}

function readIfThere(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch {
    return null;
  }
}
