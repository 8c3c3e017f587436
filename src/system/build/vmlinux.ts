import { type Fact, known, unknown } from '../../model/fact.ts';
import { sourceOfFile } from '../bytes.ts';
import { buildIdOfSegments, readSegments } from '../elf/segments.ts';
import type { Root } from '../root.ts';

/** GNU build ID of a vmlinux (or of User-mode Linux's `linux`), hex. */
export function readVmlinuxBuildId(root: Root, path: string): Fact<string> {
  return root.withFile(path, (file) => {
    const source = sourceOfFile(file);
    const elf = readSegments(source);
    if (elf === null) return unknown('malformed', `${path} is not an ELF executable`);
    const id = buildIdOfSegments(source, elf);
    return id === null ? unknown('no-data', `${path} has no build ID note`) : known(id);
  });
}
