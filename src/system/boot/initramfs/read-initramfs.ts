import type { InitramfsContents, InitramfsModule } from '../../../model/boot.ts';
import { type Fact, known, unknown } from '../../../model/fact.ts';
import { moduleName } from '../../../model/module-name.ts';
import type { ByteSource } from '../../bytes.ts';
import { moduleOf } from '../../modules/read-module.ts';
import { MIB } from '../../open-file.ts';
import { flowOfChunks, flowOfSource } from './byte-flow.ts';
import { type CpioEnd, type CpioEntry, readCpio } from './read-cpio.ts';
import { packingOfStream, unpackStream } from './unpack-stream.ts';

const SIZE_MAX = 1024 * MIB;
const MODULE_MAX = 64 * MIB;
const MODULES_MAX = 20_000;
const SEGMENTS_MAX = 16;

/** A path of a kernel module, with its release and the rest. */
const MODULE = /^(?:usr\/)?lib\/modules\/([^/]+)\/((?:[^/]+\/)*[^/]+\.ko(?:\.(?:gz|xz|zst|bz2))?)$/;

export interface InitramfsQuestion {
  /** Modules that are looked into although they lie where the kernel's own are. */
  readonly names: ReadonlySet<string>;
  /** Is the time over? */
  expired(): boolean;
}

/**
 * The kernel modules in an initramfs: archives one behind the other, the last of them mostly packed. Unknown where it is
 * no such file, is cut short, or is packed by what nothing here unpacks.
 */
export async function readInitramfs(
  source: ByteSource,
  path: string,
  question: InitramfsQuestion,
): Promise<Fact<InitramfsContents>> {
  if (source.size > SIZE_MAX) return unknown('too-large', `${path} is larger than ${SIZE_MAX} bytes`);
  const modules: InitramfsModule[] = [];
  const wants = (entry: CpioEntry): boolean => isToRead(entry, question);
  const visit = (entry: CpioEntry, content: Buffer | null): void => {
    if (question.expired()) throw new OutOfTime();
    const module = moduleIn(entry, content);
    if (module !== null && modules.length < MODULES_MAX) modules.push(module);
  };
  try {
    const end = await readSegments();
    if (end.known) return known({ modules });
    return end;
  } catch (error) {
    if (error instanceof OutOfTime) return unknown('timeout', `there was no time to look into ${path}`);
    throw error;
  }

  async function readSegments(): Promise<Fact<true>> {
    let at = 0;
    for (let count = 0; count < SEGMENTS_MAX; count++) {
      at = behindZeros(source, at);
      if (at >= source.size) return count === 0 ? unknown('malformed', `${path} is empty`) : known(true);
      const head = source.read(at, 8);
      if (/^07070[12]/.test(head.toString('latin1'))) {
        const flow = flowOfSource(source, at);
        if ((await readCpio(flow, wants, visit)) !== 'whole')
          return unknown('malformed', `${path} is cut short`);
        at = flow.position();
        continue;
      }
      const packing = packingOfStream(head);
      if (packing === null) return unknown('malformed', `${path} is no initramfs that is known here`);
      const ends = await unpackStream(source, at, packing, (chunks) => readAll(chunks));
      if (!ends.known) return unknown(ends.code, `${path}: ${ends.detail}`);
      // What a packed archive is followed by cannot be told from its padding.
      return ends.value === 'whole' ? known(true) : unknown('malformed', `${path} is damaged or cut short`);
    }
    return unknown('malformed', `${path} has too many parts`);
  }

  /** One archive behind the other, as several may be packed as one. */
  async function readAll(chunks: AsyncIterator<Buffer>): Promise<CpioEnd> {
    const flow = flowOfChunks(chunks);
    let last: CpioEnd = 'cut';
    for (;;) {
      const end = await readCpio(flow, wants, visit);
      if (end === 'nothing') return last;
      if (end === 'cut') return last === 'whole' ? 'whole' : 'cut';
      last = end;
    }
  }
}

class OutOfTime extends Error {}

function isToRead(entry: CpioEntry, { names }: InitramfsQuestion): boolean {
  const match = MODULE.exec(entry.path);
  if (match === null || entry.size > MODULE_MAX) return false;
  const rest = match[2] ?? '';
  return !rest.startsWith('kernel/') || names.has(moduleName(rest));
}

function moduleIn(entry: CpioEntry, content: Buffer | null): InitramfsModule | null {
  const match = MODULE.exec(entry.path);
  if (match === null) return null;
  const path = `/${entry.path}`;
  const base = { name: moduleName(path), path, release: match[1] ?? '' };
  if (content === null) return { ...base, file: null };
  const stat = {
    type: 'file' as const,
    size: content.length,
    mtime: entry.mtime,
    mode: 0o100644,
    owner: 0,
    id: '',
  };
  const file = { stat, read: (at: number, length: number) => content.subarray(at, at + length) };
  const place = { owner: null, inTree: (match[2] ?? '').startsWith('kernel/'), indexed: null };
  return { ...base, file: moduleOf(file, path, place) };
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
