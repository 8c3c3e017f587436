import { type Fact, known, mapFact, unknown } from '../model/fact.ts';
import { MIB, type OpenFile } from './open-file.ts';
import { childProcess, zlib } from './seldom.ts';

export type Packing = 'gzip' | 'bzip2' | 'xz' | 'zstd';

const UNPACKED_MAX = 256 * MIB;
const TIMEOUT = 10_000;

/** How a file is packed, by its ending; null: it is not. */
export function packingOf(path: string): Packing | null {
  if (path.endsWith('.gz')) return 'gzip';
  if (path.endsWith('.bz2')) return 'bzip2';
  if (path.endsWith('.xz')) return 'xz';
  return path.endsWith('.zst') ? 'zstd' : null;
}

/**
 * A packed file unpacked. Node 20 knows only gzip; the system has the tools for the others. `tool`: there is
 * none; `malformed`: it says that the file is damaged, or it unpacks to more than 256 MiB.
 */
export function unpack(bytes: Buffer, packing: Packing): Fact<Buffer> {
  return packing === 'gzip' ? gunzip(bytes) : runTool(packing, bytes);
}

function gunzip(bytes: Buffer): Fact<Buffer> {
  try {
    return known(zlib().gunzipSync(bytes, { maxOutputLength: UNPACKED_MAX }));
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return unknown('malformed', `gzip: ${error.message}`);
  }
}

function runTool(tool: Exclude<Packing, 'gzip'>, input: Buffer): Fact<Buffer> {
  const result = childProcess().spawnSync(tool, ['--decompress', '--stdout', '--quiet'], {
    input,
    timeout: TIMEOUT,
    maxBuffer: UNPACKED_MAX,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  if (result.error !== undefined) return unknown('tool', `${tool}: ${result.error.message}`);
  if (result.status === 0) return known(result.stdout);
  return unknown('malformed', `${tool}: ${result.stderr.toString('utf8').split('\n')[0] ?? 'failed'}`);
}

/** A file as it is once unpacked, by the ending of its path; one that is not packed is given back. */
export function unpackedFile(file: OpenFile, path: string, limit: number): Fact<OpenFile> {
  const packing = packingOf(path);
  if (packing === null) return known(file);
  if (file.stat.size > limit) return unknown('too-large', `${path} is larger than ${limit} bytes`);
  return mapFact(unpack(file.read(0, file.stat.size), packing), (bytes) => fileOfBytes(bytes, file));
}

/** Bytes in memory as a file. */
function fileOfBytes(bytes: Buffer, like: OpenFile): OpenFile {
  return {
    stat: { ...like.stat, size: bytes.length },
    read: (offset, length) => bytes.subarray(offset, offset + length),
  };
}
