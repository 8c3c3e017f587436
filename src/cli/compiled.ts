import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { vm, zlib } from '../system/seldom.ts';

/** A part of the program that was compiled before it is run. */
export interface Compiled {
  /** What the file exports. */
  readonly exports: Readonly<Record<string, unknown>>;
  /** Was there a compiled form, and was it taken? */
  readonly wasCompiled: boolean;
  /** The compiled form of all that has run so far, for the next time: what is to be written to cachePath(). */
  cache(): Buffer;
}

/** Where the compiled form of a file is kept. */
export function cachePath(path: string): string {
  return `${path}.cache`;
}

/**
 * Loads a file of CommonJS with its compiled form beside it, which spares most of the time that a start takes. A form
 * that another version of Node made, that belongs to another file or that is damaged is not taken: then the file is
 * compiled again, as any other. null: there is no file.
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

/** V8 itself asks only who made it and how long the source is, and what is damaged ends the process. */
function seal(data: Buffer, source: Buffer): Buffer {
  const sum = Buffer.alloc(SEAL);
  sum.writeUInt32BE(checksum(data, source));
  return Buffer.concat([sum, data]);
}

/** null: it is not what was sealed. */
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
