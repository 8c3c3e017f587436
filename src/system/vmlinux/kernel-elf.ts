import type { Fact } from '../../model/fact.ts';
import type { ByteSource } from '../bytes.ts';
import { type Elf, readElf } from '../elf/sections.ts';
import { isElf } from '../elf/segments.ts';

/** The section headers of a kernel that is an ELF file; null: it is a plain image. */
export function readKernelElf(kernel: ByteSource): Fact<Elf> | null {
  if (!isElf(kernel.read(0, 4))) return null;
  const stat = { type: 'file', size: kernel.size, mtime: 0, mode: 0, owner: 0, id: '' } as const;
  return readElf({ stat, read: (offset, length) => kernel.read(offset, length) });
}
