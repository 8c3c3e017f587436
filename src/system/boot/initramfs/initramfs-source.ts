import { type ByteSource, sourceOfFile, stretchOf } from '../../bytes.ts';
import { readPeSections } from '../../images/pe-sections.ts';
import type { OpenFile } from '../../open-file.ts';

/** The initramfs in a file: the section `.initrd` of a unified kernel image, else the whole file. null: an image without it. */
export function initramfsSource(file: OpenFile): ByteSource | null {
  const source = sourceOfFile(file);
  const sections = readPeSections(source);
  if (sections === null) return source;
  const { offset, size } = sections.get('.initrd') ?? { offset: 0, size: 0 };
  return size === 0 ? null : stretchOf(source, offset, size);
}
