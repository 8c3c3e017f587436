import { type Elf, readSection, SHT_NOBITS, SHT_NULL, SHT_SYMTAB } from '../elf/sections.ts';
import type { OpenFile } from '../open-file.ts';
import { THIS_MODULE } from './this-module.ts';

const SHT_STRTAB = 3;
const WRITABLE = 1;
const EXECUTABLE = 4;
/** Size of the header of a 32-bit ELF file, bytes. */
const HEADER = 52;
const NAMES_MAX = 16 * 1024 * 1024;

/**
 * A property that no linker produces, and that some versions of the kernel refuse and others accept: the checks of
 * elf_validity_cache_*() (kernel/module/main.c) grew with 5.11, 6.4 and 6.13, and were backported. null: none.
 * Whether such a module loads is uncertain.
 */
export function oddityOf(file: OpenFile, elf: Elf): string | null {
  const { sections, namesIndex } = elf;
  const [first] = sections;
  const count = (holds: (section: Elf['sections'][number]) => boolean): number =>
    sections.filter(holds).length;
  const tables = sections.filter(({ type }) => type === SHT_SYMTAB);
  const own = sections.find(({ name }) => name === THIS_MODULE);
  if (first !== undefined && (first.type !== SHT_NULL || first.size !== 0 || first.address !== 0n))
    return 'its first section is not empty';
  if (sections.some(({ type, hasName }) => type !== SHT_NULL && !hasName))
    return 'a section has its name outside of the table of names';
  // module_enforce_rwx_sections(), since 5.6 with STRICT_MODULE_RWX.
  if (sections.some(({ flags }) => (flags & WRITABLE) !== 0 && (flags & EXECUTABLE) !== 0))
    return 'a section is writable and executable';
  if (overlap(sections)) return 'two of its sections overlap';
  if (!isTexts(file, elf, namesIndex)) return 'its table of section names is damaged';
  if (tables.length > 1) return 'it has several symbol tables';
  if (tables.some(({ link }) => !isTexts(file, elf, link))) return 'its table of symbol names is damaged';
  if (count(({ name }) => name === '.modinfo') > 1) return 'it has several .modinfo';
  if (count(({ name }) => name === THIS_MODULE) > 1) return 'it has several struct module';
  return own?.type === SHT_NOBITS ? 'its struct module has no contents' : null;
}

/** Is it a string table with its final NUL? */
function isTexts(file: OpenFile, { sections }: Elf, index: number): boolean {
  const section = sections[index];
  if (section === undefined || section.type !== SHT_STRTAB || section.size === 0) return false;
  const bytes = readSection(file, section, NAMES_MAX);
  return bytes.known && bytes.value[0] === 0 && bytes.value.at(-1) === 0;
}

/** A reader of one of two such sections finds parts of the other, or of the header. */
function overlap(sections: Elf['sections']): boolean {
  const held = sections.filter(({ type, size }) => type !== SHT_NULL && type !== SHT_NOBITS && size > 0);
  const inOrder = held.toSorted((a, b) => a.offset - b.offset);
  return inOrder.some(({ offset }, index) => {
    const before = inOrder[index - 1];
    return (before === undefined ? HEADER : before.offset + before.size) > offset;
  });
}
