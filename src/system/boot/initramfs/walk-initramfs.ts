import { compressionOfBytes } from '../../../model/compression.ts';
import { type Fact, known, unknown } from '../../../model/fact.ts';
import type { ByteSource } from '../../bytes.ts';
import { MIB } from '../../open-file.ts';
import { flowOfChunks, flowOfSource } from './byte-flow.ts';
import { decompressStream } from './decompress-stream.ts';
import { type CpioEnd, type CpioEntry, readCpio } from './read-cpio.ts';

const SIZE_MAX = 1024 * MIB;
const SEGMENTS_MAX = 16;

export interface InitramfsVisitor {
  /** Has the time limit passed? Called for each entry and each decompressed piece: a few KB can become a GB of zeros. */
  expired(): boolean;
  /** Should `visit` receive the content of this file? */
  wants(entry: CpioEntry): boolean;
  /** Receives each entry, with its content if `wants` selected it. */
  visit(entry: CpioEntry, content: Buffer | null): void;
}

/**
 * Reads all entries of an initramfs: archives one after the other, the last of them usually compressed. Unknown where the
 * file is no initramfs, is cut short, or has an unknown compression, and after a timeout.
 */
export async function walkInitramfs(
  source: ByteSource,
  path: string,
  visitor: InitramfsVisitor,
): Promise<Fact<true>> {
  const checkTime = (): void => {
    if (visitor.expired()) throw new OutOfTime();
  };
  const visit: InitramfsVisitor['visit'] = (entry, content) => {
    checkTime();
    visitor.visit(entry, content);
  };
  try {
    return await walk(source, path, { wants: visitor.wants, visit, checkTime });
  } catch (error) {
    if (error instanceof OutOfTime) return unknown('timeout', `there was no time to look into ${path}`);
    throw error;
  }
}

class OutOfTime extends Error {}

interface Walk extends Pick<InitramfsVisitor, 'wants' | 'visit'> {
  checkTime(): void;
}

async function walk(
  source: ByteSource,
  path: string,
  { wants, visit, checkTime }: Walk,
): Promise<Fact<true>> {
  if (source.size > SIZE_MAX) return unknown('too-large', `${path} is larger than ${SIZE_MAX} bytes`);
  let at = 0;
  for (let count = 0; count < SEGMENTS_MAX; count++) {
    at = behindZeros(source, at);
    if (at >= source.size) return count === 0 ? unknown('malformed', `${path} is empty`) : known(true);
    const head = source.read(at, 8);
    if (/^07070[12]/.test(head.toString('latin1'))) {
      const flow = flowOfSource(source, at, checkTime);
      if ((await readCpio(flow, wants, visit)) !== 'whole')
        return unknown('malformed', `${path} is cut short`);
      at = flow.position();
      continue;
    }
    const compression = compressionOfBytes(head, 'initramfs');
    if (compression === null) return unknown('malformed', `${path} is no initramfs that is known here`);
    const ends = await decompressStream(source, at, compression, (chunks) => readAll(chunks));
    if (!ends.known) return unknown(ends.code, `${path}: ${ends.detail}`);
    // Data after a compressed archive cannot be told from its padding.
    return ends.value === 'whole' ? known(true) : unknown('malformed', `${path} is damaged or cut short`);
  }
  return unknown('malformed', `${path} has too many parts`);

  /** Reads several archives that were compressed as one. */
  async function readAll(chunks: AsyncIterator<Buffer>): Promise<CpioEnd> {
    const flow = flowOfChunks(chunks, checkTime);
    let last: CpioEnd = 'cut';
    for (;;) {
      const end = await readCpio(flow, wants, visit);
      if (end === 'nothing') return last;
      if (end === 'cut') return last === 'whole' ? 'whole' : 'cut';
      last = end;
    }
  }
}

function behindZeros(source: ByteSource, from: number): number {
  let at = from;
  while (at < source.size) {
    const part = source.read(at, 64 * 1024);
    const first = part.findIndex((byte) => byte !== 0);
    if (first !== -1) return at + first;
    at += part.length;
  }
  return at;
}
