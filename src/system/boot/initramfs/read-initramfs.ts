import type { InitramfsContents, InitramfsModule } from '../../../model/boot.ts';
import { endingPattern } from '../../../model/compression.ts';
import { type Fact, known } from '../../../model/fact.ts';
import { moduleName } from '../../../model/module-name.ts';
import type { ByteSource } from '../../bytes.ts';
import { moduleOf } from '../../modules/read-module.ts';
import type { SymbolRoom } from '../../modules/symbol-room.ts';
import { MIB } from '../../open-file.ts';
import type { CpioEntry } from './read-cpio.ts';
import { walkInitramfs } from './walk-initramfs.ts';

const MODULE_MAX = 64 * MIB;
const MODULES_MAX = 20_000;

/** A path of a kernel module, with its release and the rest. */
const MODULE = new RegExp(
  `^(?:usr/)?lib/modules/([^/]+)/((?:[^/]+/)*[^/]+\\.ko${endingPattern('initramfs module')})$`,
);

export interface InitramfsQuestion {
  /** Modules that are looked into although they lie where the kernel's own are. */
  readonly names: ReadonlySet<string>;
  /** Is the time over? */
  expired(): boolean;
  /** Where the symbols of its modules are held. */
  readonly symbols: SymbolRoom;
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
  const modules: InitramfsModule[] = [];
  const wants = (entry: CpioEntry): boolean => isToRead(entry, question);
  const visit = (entry: CpioEntry, content: Buffer | null): void => {
    const module = moduleIn(entry, content, question.symbols);
    if (module !== null && modules.length < MODULES_MAX) modules.push(module);
  };
  const end = await walkInitramfs(source, path, { wants, visit, expired: question.expired });
  return end.known ? known({ modules }) : end;
}

function isToRead(entry: CpioEntry, { names }: InitramfsQuestion): boolean {
  const match = MODULE.exec(entry.path);
  if (match === null || entry.size > MODULE_MAX) return false;
  const rest = match[2] ?? '';
  return !rest.startsWith('kernel/') || names.has(moduleName(rest));
}

function moduleIn(entry: CpioEntry, content: Buffer | null, symbols: SymbolRoom): InitramfsModule | null {
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
  return { ...base, file: moduleOf(file, path, place, symbols) };
}
