import { compressionOfBytes, compressionOfPath } from '../../model/compression.ts';
import { type Fact, known, mapFact, unknown } from '../../model/fact.ts';
import type { ModuleFile } from '../../model/module.ts';
import { moduleName } from '../../model/module-name.ts';
import { withPlainContent } from '../decompress.ts';
import { type Elf, readElf, SHT_NOBITS, SHT_NULL, SHT_SYMTAB } from '../elf/sections.ts';
import { type FileStat, MIB, type OpenFile } from '../open-file.ts';
import type { Root } from '../root.ts';
import { readSignature } from '../signature/read-signature.ts';
import { readModuleInfo } from './module-info.ts';
import { oddityOf } from './oddity.ts';
import { type SymbolRoom, symbolRoom } from './symbol-room.ts';
import { THIS_MODULE } from './this-module.ts';

const PACKED_MAX = 48 * MIB;

export interface ModulePlace {
  readonly owner: string | null;
  readonly inTree: boolean;
  readonly indexed: boolean | null;
}

/**
 * Reads one module file; unknown if it does not exist. A file that exists and cannot be read is known, with the
 * reason.
 */
export function readModule(root: Root, path: string, place: ModulePlace): Fact<ModuleFile> {
  const read = readOpen(root, path, place);
  if (read.known || read.code === 'missing' || read.code === 'wrong-type') return read;
  return mapFact(root.lstat(path), ({ mtime, size }) => ({
    name: moduleName(path),
    path,
    compression: compressionOfPath(path) ?? 'none',
    packedCheck: null,
    mtime,
    size,
    ...place,
    signature: read,
    defect: null,
    info: read,
  }));
}

function readOpen(root: Root, path: string, place: ModulePlace): Fact<ModuleFile> {
  return root.withFile(path, (file) => {
    return known(moduleOf(file, path, place, symbolRoom(root)));
  });
}

/**
 * The module in an open file, which may be in an archive. kmod goes by the first bytes of the file, not by the ending of
 * its name (kmod_file_open(), libkmod-file.c). `foundIn`: what is decompressed there.
 */
export function moduleOf(
  file: OpenFile,
  path: string,
  place: ModulePlace,
  room: SymbolRoom,
  foundIn: 'module' | 'initramfs module' = 'module',
): ModuleFile {
  const packing = compressionOfBytes(file.read(0, 8), foundIn);
  const compression: ModuleFile['compression'] = packing ?? 'none';
  const plain = withPlainContent(file, path, PACKED_MAX, (open) => known(inspect(open, room)), packing);
  const { mtime, size } = file.stat;
  const base = {
    name: moduleName(path),
    path,
    compression,
    packedCheck: compression === 'xz' ? checkOfXz(file) : null,
    mtime,
    size,
    ...place,
  };
  if (plain.known) return { ...base, ...plain.value };
  // No kernel can load what does not decompress. A missing program proves nothing about the file.
  const defect = plain.code === 'malformed' ? `could not be unpacked (${plain.detail})` : null;
  return { ...base, signature: plain, defect, info: plain };
}

/** The stream flags after the magic bytes contain it (section 2.1.1.2 of the .xz file format). */
function checkOfXz(file: OpenFile): ModuleFile['packedCheck'] {
  const [, flags = 0] = file.read(6, 2);
  switch (flags & 0x0f) {
    case 0:
      return 'none';
    case 1:
      return 'crc32';
    case 4:
      return 'crc64';
    case 10:
      return 'sha256';
    default:
      return null;
  }
}

function inspect(file: OpenFile, room: SymbolRoom): Pick<ModuleFile, 'signature' | 'defect' | 'info'> {
  const { signature: read, size } = readSignature(file);
  const found = read?.seal?.by === 'ecdsa' && !room.curve() ? { ...read, seal: null } : read;
  const stat: FileStat = { ...file.stat, size };
  const elfFile: OpenFile = {
    stat,
    read: (at, length) => file.read(at, Math.max(0, Math.min(length, size - at))),
  };
  // An empty file is refused before its signature is checked.
  const signature = file.stat.size === 0 ? unknown('no-data', 'the file is empty') : known(found);
  const elf = readElf(elfFile);
  if (!elf.known) return { signature, defect: elf.detail, info: elf };
  const defect = defectOf(elf.value, size);
  const odd = defect === null ? oddityOf(elfFile, elf.value) : null;
  const info = odd === null ? readModuleInfo(elfFile, elf.value, room) : unknown('malformed', odd);
  return { signature, defect, info };
}

const ET_REL = 1;
const SHF_ALLOC = 2;

/**
 * The check of elf_validity_check() and setup_load_info() (kernel/module/main.c) that the file fails with every
 * kernel; null: none.
 */
function defectOf(elf: Elf, size: number): string | null {
  if (elf.type !== ET_REL) return `Invalid ELF header type: ${elf.type} != ${ET_REL}`;
  for (const [index, section] of elf.sections.entries()) {
    if (index === 0 || section.type === SHT_NULL || section.type === SHT_NOBITS) continue;
    if (section.type === SHT_SYMTAB && (section.link === 0 || section.link >= elf.sections.length)) {
      const { length } = elf.sections;
      return `Invalid ELF sh_link!=SHN_UNDEF(${section.link}) or (sh_link(${section.link}) >= hdr->e_shnum(${length})`;
    }
    if (section.offset + section.size > size) {
      return `Invalid ELF section in module (section ${index} type ${section.type})`;
    }
  }
  if (!elf.sections.some(({ type }) => type === SHT_SYMTAB)) return 'module has no symbols (stripped?)';
  const isModule = elf.sections.some(({ name, flags }) => name === THIS_MODULE && (flags & SHF_ALLOC) !== 0);
  return isModule ? null : 'No module found in object';
}
