import type { ByteFlow } from './byte-flow.ts';

/** One file of an archive. */
export interface CpioEntry {
  /** Without a leading slash or `./`. */
  readonly path: string;
  readonly isFile: boolean;
  readonly size: number;
  /** ms. */
  readonly mtime: number;
}

export type CpioEnd =
  /** The archive was read up to its trailer. */
  | 'whole'
  /** The bytes end or are damaged before the trailer. */
  | 'cut'
  /** There are no more bytes. */
  | 'nothing';

const HEADER = 110;
const NAME_MAX = 4096;
const ENTRIES_MAX = 500_000;
const REGULAR = 0o100000;

/**
 * Reads one archive in the format `newc` (Documentation/driver-api/early-userspace/buffer-format.rst), and zeros before it.
 * `visit` receives the content of the files that `wants` selects, and null for all others, which are skipped.
 */
export async function readCpio(
  flow: ByteFlow,
  wants: (entry: CpioEntry) => boolean,
  visit: (entry: CpioEntry, content: Buffer | null) => void,
): Promise<CpioEnd> {
  let header = await afterZeros(flow);
  if (header === null) return 'nothing';
  for (let count = 0; count < ENTRIES_MAX; count++) {
    if (header.length < HEADER || !/^07070[12]$/.test(header.toString('latin1', 0, 6))) return 'cut';
    const field = (index: number): number =>
      Number.parseInt(header?.toString('latin1', 6 + index * 8, 14 + index * 8) ?? '', 16);
    const [mode, mtime, size, nameSize] = [field(1), field(5), field(6), field(11)];
    if (![mode, mtime, size, nameSize].every(Number.isInteger) || nameSize === 0 || nameSize > NAME_MAX)
      return 'cut';
    const padded = nameSize + padding(HEADER + nameSize);
    const name = await flow.take(padded);
    if (name.length < padded) return 'cut';
    const path = name.toString('utf8', 0, nameSize - 1);
    if (path === 'TRAILER!!!') return 'whole';
    const entry = {
      path: path.replace(/^(?:\.?\/+)+/, ''),
      isFile: (mode & 0o170000) === REGULAR,
      size,
      mtime: mtime * 1000,
    };
    if (entry.isFile && wants(entry)) {
      const content = await flow.take(size);
      if (content.length < size) return 'cut';
      visit(entry, content);
    } else {
      await flow.skip(size);
      visit(entry, null);
    }
    await flow.skip(padding(size));
    header = await flow.take(HEADER);
  }
  return 'cut';
}

function padding(length: number): number {
  return -length & 3;
}

/** The first header after zeros, which pad to four bytes or more; null: only zeros. */
async function afterZeros(flow: ByteFlow): Promise<Buffer | null> {
  for (;;) {
    const word = await flow.take(4);
    if (word.length < 4) return null;
    if (word.readUInt32BE(0) !== 0) return Buffer.concat([word, await flow.take(HEADER - 4)]);
  }
}
