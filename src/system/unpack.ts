import { type Fact, known, type Unknown, unknown } from '../model/fact.ts';
import { MIB, type OpenFile } from './open-file.ts';
import { childProcess, zlib } from './seldom.ts';
import { errorCode } from './system-error.ts';
import { unpackedBy } from './vmlinux/scratch.ts';

export type Packing = 'gzip' | 'bzip2' | 'xz' | 'zstd';

/** What is unpacked in memory, where it is twice for a moment. */
const UNPACKED_MAX = 64 * MIB;
/** A module that unpacks to more is unpacked into a file: of it, only some sections are read. */
const IN_MEMORY = 24 * MIB;
const TIMEOUT = 10_000;

/** How a file is packed, by its ending; null: it is not. */
export function packingOf(path: string): Packing | null {
  if (path.endsWith('.gz')) return 'gzip';
  if (path.endsWith('.bz2')) return 'bzip2';
  if (path.endsWith('.xz')) return 'xz';
  return path.endsWith('.zst') ? 'zstd' : null;
}

/**
 * What is packed in memory, unpacked. Node 20 knows only gzip; the system has the tools for the others. `tool`: there is
 * none; `malformed`: it says that the bytes are damaged; `too-large`: they unpack to more than `most` (64 MiB).
 */
export function unpack(
  bytes: Buffer,
  packing: Packing,
  { most = UNPACKED_MAX, cutShort = false }: UnpackOptions = {},
): Fact<Buffer> {
  return packing === 'gzip' ? gunzip(bytes, most, cutShort) : runTool(packing, bytes, most);
}

interface UnpackOptions {
  /** How many bytes it may come to; 64 MiB. */
  readonly most?: number;
  /** Of gzip: may it end in the middle, or be followed by something else? */
  readonly cutShort?: boolean;
}

function gunzip(bytes: Buffer, most: number, cutShort: boolean): Fact<Buffer> {
  const { Z_SYNC_FLUSH, Z_FINISH } = zlib().constants;
  const finishFlush = cutShort ? Z_SYNC_FLUSH : Z_FINISH;
  try {
    return known(zlib().gunzipSync(bytes, { maxOutputLength: most, finishFlush }));
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return error instanceof RangeError ? tooMuch(most) : unknown('malformed', `gzip: ${error.message}`);
  }
}

const UNPACK = ['--decompress', '--stdout', '--quiet'];

function runTool(tool: Exclude<Packing, 'gzip'>, input: Buffer, most: number): Fact<Buffer> {
  const result = childProcess().spawnSync(tool, UNPACK, {
    input,
    timeout: TIMEOUT,
    maxBuffer: most,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  if (errorCode(result.error) === 'ENOBUFS') return tooMuch(most);
  if (result.error !== undefined) return unknown('tool', `${tool}: ${result.error.message}`);
  if (result.status === 0) return known(result.stdout);
  return unknown('malformed', `${tool}: ${result.stderr.toString('utf8').split('\n')[0] ?? 'failed'}`);
}

function tooMuch(most: number): Unknown {
  return unknown('too-large', `it unpacks to more than ${most} bytes`);
}

/**
 * Hands a file to `use` as it is once unpacked, by the ending of its path; one that is not packed as it is. What unpacks
 * to much goes into a file without a name, so that its bytes are never in memory as a whole. `limit`: of what is packed.
 */
export function withUnpacked<T>(
  file: OpenFile,
  path: string,
  limit: number,
  use: (plain: OpenFile) => Fact<T>,
): Fact<T> {
  const packing = packingOf(path);
  if (packing === null) return use(file);
  if (file.stat.size > limit) return unknown('too-large', `${path} is larger than ${limit} bytes`);
  const packed = file.read(0, file.stat.size);
  const small = unpack(packed, packing, { most: IN_MEMORY });
  if (small.known) return use(fileOfBytes(small.value, file));
  if (small.code !== 'too-large') return small;
  return unpackedBy(packing, UNPACK, packed, ({ stat, read }) =>
    use({ stat: { ...file.stat, size: stat.size }, read }),
  );
}

/** Bytes in memory as a file. */
function fileOfBytes(bytes: Buffer, like: OpenFile): OpenFile {
  return {
    stat: { ...like.stat, size: bytes.length },
    read: (offset, length) => bytes.subarray(offset, offset + length),
  };
}
