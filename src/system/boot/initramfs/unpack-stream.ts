import { type Fact, known, unknown } from '../../../model/fact.ts';
import type { ByteSource } from '../../bytes.ts';
import { MIB } from '../../open-file.ts';
import { childProcess, zlib } from '../../seldom.ts';

export type StreamPacking = 'gzip' | 'bzip2' | 'xz' | 'lzma' | 'zstd' | 'lz4' | 'lzop';

/** By the first bytes, as lib/decompress.c of the kernel tells them. */
const MAGICS: readonly (readonly [string, StreamPacking])[] = [
  ['1f8b', 'gzip'],
  ['1f9e', 'gzip'],
  ['425a68', 'bzip2'],
  ['fd377a585a00', 'xz'],
  ['5d0000', 'lzma'],
  ['28b52ffd', 'zstd'],
  ['02214c18', 'lz4'],
  ['04224d18', 'lz4'],
  ['894c5a', 'lzop'],
];

/** null: it is packed by nothing that is known here. */
export function packingOfStream(head: Buffer): StreamPacking | null {
  const hex = head.toString('hex');
  return MAGICS.find(([magic]) => hex.startsWith(magic))?.[1] ?? null;
}

const TOOLS: Readonly<Record<Exclude<StreamPacking, 'gzip'>, readonly [string, ...string[]]>> = {
  bzip2: ['bzip2', '--decompress', '--stdout'],
  xz: ['xz', '--decompress', '--stdout', '--format=xz'],
  lzma: ['xz', '--decompress', '--stdout', '--format=lzma'],
  zstd: ['zstd', '--decompress', '--stdout', '--quiet', '--long=31'],
  lz4: ['lz4', '--decompress', '--stdout', '--quiet'],
  lzop: ['lzop', '--decompress', '--stdout', '--quiet'],
};

/** Unpacks from an offset on, piece by piece, and hands the pieces to `use`. `tool`: there is none for it. */
export async function unpackStream<T>(
  source: ByteSource,
  offset: number,
  packing: StreamPacking,
  use: (chunks: AsyncIterator<Buffer>) => Promise<T>,
): Promise<Fact<T>> {
  const { Readable, pipeline } = process.getBuiltinModule('node:stream');
  const input = Readable.from(piecesOf(source, offset), { objectMode: false, highWaterMark: MIB });
  // What comes behind the packed data is no error of what was unpacked: the reader stops at the trailer.
  const ignore = (): void => {};
  if (packing === 'gzip') {
    const gunzip = zlib().createGunzip({ chunkSize: 256 * 1024 });
    pipeline(input, gunzip, ignore);
    try {
      return known(await use(untilError(gunzip)));
    } finally {
      gunzip.destroy();
    }
  }
  const [tool, ...words] = TOOLS[packing];
  const child = childProcess().spawn(tool, words, { stdio: ['pipe', 'pipe', 'ignore'] });
  let failure: string | null = null;
  child.on('error', (error) => {
    failure = `${tool}: ${error.message}`;
  });
  pipeline(input, child.stdin, ignore);
  try {
    const result = await use(untilError(child.stdout));
    return failure === null ? known(result) : unknown('tool', failure);
  } finally {
    child.kill('SIGKILL');
    input.destroy();
  }
}

function* piecesOf(source: ByteSource, offset: number): Generator<Buffer> {
  for (let at = offset; at < source.size; at += MIB) yield Buffer.from(source.read(at, MIB));
}

/** A stream that breaks off ends. */
async function* untilError(stream: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of stream) yield chunk;
  } catch {
    // Whether enough has come is told by the archive's trailer.
  }
}
