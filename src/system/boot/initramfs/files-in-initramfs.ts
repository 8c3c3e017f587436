import { type Fact, known, unknown } from '../../../model/fact.ts';
import type { Root } from '../../root.ts';
import { initramfsSource } from './initramfs-source.ts';
import { walkInitramfs } from './walk-initramfs.ts';

export interface FileInInitramfs {
  readonly content: Buffer;
  /** ms. */
  readonly mtime: number;
}

/**
 * Reads the files of these paths (`/lib/modules/…`) from an initramfs, without missing ones and those larger than `max`
 * bytes. Of two files with one path the later one counts, as for the kernel. Unknown if it cannot be read to its end.
 */
export function filesInInitramfs(
  root: Root,
  path: string,
  wanted: ReadonlySet<string>,
  max: number,
): Promise<Fact<ReadonlyMap<string, FileInInitramfs>>> {
  return root.whileOpen(path, async (file) => {
    const source = initramfsSource(file);
    if (source === null) return unknown('missing', `there is no initramfs in ${path}`);
    const found = new Map<string, FileInInitramfs>();
    const end = await walkInitramfs(source, path, {
      expired: () => root.expired(),
      wants: (entry) => wanted.has(`/${entry.path}`) && entry.size <= max,
      visit: ({ path: member, mtime }, content) => {
        if (content !== null) found.set(`/${member}`, { content, mtime });
      },
    });
    return end.known ? known(found) : end;
  });
}
