import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { vm, zlib } from '../system/seldom.ts';

/** A part of the program that was compiled in advance. */
export interface Compiled {
  /** The exports of the file. */
  readonly exports: Readonly<Record<string, unknown>>;
  /** Was there a compiled form, and did V8 accept it? */
  readonly wasCompiled: boolean;
  /** The compiled form of the code that has run so far, to be written to cachePath(). */
  cache(): Buffer;
}

/** The path of the compiled form of a file. */
export function cachePath(path: string): string {
  return `${path}.cache`;
}

/**
 * Loads a CommonJS file with the compiled form beside it, which saves most of the time of a start. A compiled form of
 * another version of Node or of another file, or a damaged one, is not used; then the file is compiled again. null: there
 * is no file.
 */
export function loadCompiled(path: string): Compiled | null {
  const source = readIfThere(path);
  if (source === null) return null;
  const cachedData = open(readIfThere(cachePath(path)), source);
  const text = `(function (module, require) {${source.toString('utf8')}\n})`;
  const script = new (vm().Script)(text, { filename: path, ...(cachedData === null ? {} : { cachedData }) });
  const run: unknown = script.runInThisContext();
  const module: { exports: Record<string, unknown>; url: string; dirname: string } = {
    exports: {},
    url: pathToFileURL(path).href,
    dirname: dirname(path),
  };
  if (typeof run === 'function') Reflect.apply(run, undefined, [module, createRequire(path)]);
  return {
    exports: module.exports,
    wasCompiled: script.cachedDataRejected === false,
    cache: () => seal(script.createCachedData(), source),
  };
}

const SEAL = 4;

/** V8 itself checks only its own version and the length of the source; damaged data would crash the process. */
function seal(data: Buffer, source: Buffer): Buffer {
  const sum = Buffer.alloc(SEAL);
  sum.writeUInt32BE(checksum(data, source));
  return Buffer.concat([sum, data]);
}

/** Returns the data of seal(); null: the checksum differs. */
function open(sealed: Buffer | null, source: Buffer): Buffer | null {
  if (sealed === null || sealed.length < SEAL) return null;
  const data = sealed.subarray(SEAL);
  return sealed.readUInt32BE() === checksum(data, source) ? data : null;
}

function checksum(data: Buffer, source: Buffer): number {
  const { crc32 } = zlib();
  return crc32(data, crc32(source));
}

function readIfThere(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch {
    return null;
  }
}
