import { type Fact, known } from '../../model/fact.ts';
import type { OpenFile } from '../open-file.ts';
import { type Elf, readSection, SHT_REL, SHT_RELA, viewOf } from './sections.ts';

/** The loader writes the address of a symbol plus an addend to an offset of a section. */
export interface Relocation {
  readonly offset: number;
  /** Index of the symbol. */
  readonly symbol: number;
  /** null: the addend is at the offset itself (SHT_REL). */
  readonly addend: number | null;
}

const TABLE_MAX = 4 * 1024 * 1024;
const EM_MIPS = 8;

/** The relocations of the section with this index, sorted by offset. */
export function readRelocations(file: OpenFile, elf: Elf, section: number): Fact<readonly Relocation[]> {
  const table = elf.sections.find(
    ({ type, info }) => (type === SHT_RELA || type === SHT_REL) && info === section,
  );
  if (table === undefined) return known([]);
  const bytes = readSection(file, table, TABLE_MAX);
  if (!bytes.known) return bytes;
  const view = viewOf(bytes.value, elf.bits, elf.little);
  const word = elf.bits / 8;
  const size = word * (table.type === SHT_RELA ? 3 : 2);
  const relocations: Relocation[] = [];
  for (let at = 0; at + size <= bytes.value.length; at += size) {
    relocations.push({
      offset: view.address(at),
      symbol: elf.bits === 64 ? view.word(at + symbolAt(elf)) : view.word(at + word) >>> 8,
      addend: table.type === SHT_RELA ? view.address(at + 2 * word) : null,
    });
  }
  return known(relocations.sort((a, b) => a.offset - b.offset));
}

/** A 64-bit r_info has the symbol in its upper half; on 64-bit MIPS in its first half, in either byte order. */
function symbolAt({ little, machine }: Elf): number {
  return little && machine !== EM_MIPS ? 12 : 8;
}
