import { type Compression, decompressorOf } from '../../../model/compression.ts';
import { type Fact, known, unknown } from '../../../model/fact.ts';
import type { ByteSource } from '../../bytes.ts';
import { MIB } from '../../open-file.ts';
import { childProcess, zlib } from '../../seldom.ts';

/** Decompresses from an offset on, and passes the pieces to `use`. `tool`: the program for it is missing. */
export async function decompressStream<T>(
  source: ByteSource,
  offset: number,
  compression: Compression,
  use: (chunks: AsyncIterator<Buffer>) => Promise<T>,
): Promise<Fact<T>> {
  const { Readable, pipeline } = process.getBuiltinModule('node:stream');
  const input = Readable.from(piecesOf(source, offset), { objectMode: false, highWaterMark: MIB });
  // Other data may follow the compressed data. That is no error: the reader stops at the trailer.
  const ignore = (): void => {};
  if (compression === 'gzip') {
    const gunzip = zlib().createGunzip({ chunkSize: 256 * 1024 });
    pipeline(input, gunzip, ignore);
    try {
      return known(await use(untilError(gunzip)));
    } finally {
      gunzip.destroy();
    }
  }
  const [tool, ...words] = decompressorOf(compression, { forBoot: true });
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

/** An error of the stream ends it. */
async function* untilError(stream: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of stream) yield chunk;
  } catch {
    // The trailer of the archive tells whether enough has come.
  }
}
