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

/** The path of a kernel module: its release, and its path below that. */
const MODULE = new RegExp(
  `^(?:usr/)?lib/modules/([^/]+)/((?:[^/]+/)*[^/]+\\.ko${endingPattern('initramfs module')})$`,
);

export interface InitramfsQuestion {
  /** Names of modules that are read although they are in the directory of the kernel's own. */
  readonly names: ReadonlySet<string>;
  /** Has the time limit passed? */
  expired(): boolean;
  /** Stores the symbols of its modules. */
  readonly symbols: SymbolRoom;
}

/**
 * Reads the kernel modules in an initramfs. Unknown where the file is no initramfs, is cut short, or has a compression
 * that is unknown or whose program is missing.
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
  return { ...base, file: moduleOf(file, path, place, symbols, 'initramfs module') };
}
