import { spawnSync } from 'node:child_process';
import { gunzipSync } from 'node:zlib';
import { type Fact, known, unknown } from '../../model/fact.ts';
import type { ModuleFile } from '../../model/module.ts';
import { MIB, type OpenFile } from '../root.ts';

export type Compression = ModuleFile['compression'];

const UNPACKED_MAX = 256 * MIB;
const TIMEOUT = 10_000;

/** By the file's ending, as kmod goes. */
export function compressionOf(path: string): Compression {
  if (path.endsWith('.gz')) return 'gzip';
  if (path.endsWith('.xz')) return 'xz';
  return path.endsWith('.zst') ? 'zstd' : 'none';
}

/** A compressed module unpacked. Node 20 knows only gzip; the system has the tools for the others. */
export function unpack(bytes: Buffer, compression: Exclude<Compression, 'none'>): Fact<Buffer> {
  return compression === 'gzip' ? gunzip(bytes) : runTool(compression, bytes);
}

function gunzip(bytes: Buffer): Fact<Buffer> {
  try {
    return known(gunzipSync(bytes, { maxOutputLength: UNPACKED_MAX }));
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return unknown('malformed', `gzip: ${error.message}`);
  }
}

function runTool(tool: 'xz' | 'zstd', input: Buffer): Fact<Buffer> {
  const result = spawnSync(tool, ['--decompress', '--stdout', '--quiet'], {
    input,
    timeout: TIMEOUT,
    maxBuffer: UNPACKED_MAX,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  if (result.error !== undefined) return unknown('tool', `${tool}: ${result.error.message}`);
  if (result.status === 0) return known(result.stdout);
  return unknown('malformed', `${tool}: ${result.stderr.toString('utf8').split('\n')[0] ?? 'failed'}`);
}

/** Bytes in memory as a file. */
export function fileOfBytes(bytes: Buffer, like: OpenFile): OpenFile {
  return {
    stat: { ...like.stat, size: bytes.length },
    read: (offset, length) => bytes.subarray(offset, offset + length),
  };
}
