import { type Compression, compressionOfPath, decompressorOf } from '../model/compression.ts';
import { type Fact, known, type Unknown, unknown } from '../model/fact.ts';
import { decompressToFile } from './decompress-to-file.ts';
import { MIB, type OpenFile } from './open-file.ts';
import { childProcess, zlib } from './seldom.ts';
import { errorCode } from './system-error.ts';

/** The bytes are in memory twice for a moment. */
const OUTPUT_MAX = 64 * MIB;
/** Larger output goes into a file: of a module only some sections are read. */
const IN_MEMORY_MAX = 24 * MIB;
const TIMEOUT = 10_000;

/**
 * Decompresses in memory. Node 20 has only gzip; for the others the system's programs are run. `tool`: the program is
 * missing; `malformed`: the bytes are damaged; `too-large`: more than `max` bytes of output.
 */
export function decompress(
  bytes: Buffer,
  compression: Compression,
  { max = OUTPUT_MAX, cutShort = false }: DecompressOptions = {},
): Fact<Buffer> {
  return compression === 'gzip' ? gunzip(bytes, max, cutShort) : runTool(compression, bytes, max);
}

interface DecompressOptions {
  /** Bytes; default 64 MiB. */
  readonly max?: number;
  /** gzip only: may the data end early, or be followed by something else? */
  readonly cutShort?: boolean;
}

function gunzip(bytes: Buffer, max: number, cutShort: boolean): Fact<Buffer> {
  const { Z_SYNC_FLUSH, Z_FINISH } = zlib().constants;
  const finishFlush = cutShort ? Z_SYNC_FLUSH : Z_FINISH;
  try {
    return known(zlib().gunzipSync(bytes, { maxOutputLength: max, finishFlush }));
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return error instanceof RangeError ? tooLarge(max) : unknown('malformed', `gzip: ${error.message}`);
  }
}

function runTool(compression: Compression, input: Buffer, max: number): Fact<Buffer> {
  const [tool, ...words] = decompressorOf(compression);
  const result = childProcess().spawnSync(tool, words, {
    input,
    timeout: TIMEOUT,
    maxBuffer: max,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  if (errorCode(result.error) === 'ENOBUFS') return tooLarge(max);
  if (result.error !== undefined) return unknown('tool', `${tool}: ${result.error.message}`);
  if (result.status === 0) return known(result.stdout);
  return unknown('malformed', `${tool}: ${result.stderr.toString('utf8').split('\n')[0] ?? 'failed'}`);
}

function tooLarge(max: number): Unknown {
  return unknown('too-large', `it unpacks to more than ${max} bytes`);
}

/**
 * Passes the decompressed content of a file to `use`. `compression`: by default that of the ending of `path`; null: none.
 * Content of more than 24 MiB goes into an unlinked file, so it is never whole in memory. `limit`: bytes before
 * decompression.
 */
export function withPlainContent<T>(
  file: OpenFile,
  path: string,
  limit: number,
  use: (plain: OpenFile) => Fact<T>,
  compression: Compression | null = compressionOfPath(path),
): Fact<T> {
  if (compression === null) return use(file);
  if (file.stat.size > limit) return unknown('too-large', `${path} is larger than ${limit} bytes`);
  const compressed = file.read(0, file.stat.size);
  const small = decompress(compressed, compression, { max: IN_MEMORY_MAX });
  if (small.known) return use(fileOfBytes(small.value, file));
  if (small.code !== 'too-large') return small;
  return decompressToFile(decompressorOf(compression), compressed, ({ stat, read }) =>
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
