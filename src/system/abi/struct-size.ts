import type { KernelConfig } from '../../model/config.ts';
import { type Fact, known, valueOr } from '../../model/fact.ts';
import { releaseAtLeast } from '../../model/release-version.ts';
import { readElf } from '../elf/sections.ts';
import { MIB } from '../open-file.ts';
import type { Root } from '../root.ts';
import { unpackedFile } from '../unpack.ts';
import { findListed } from './vermagic-of-module.ts';

export const THIS_MODULE = '.gnu.linkonce.this_module';
const PACKED_MAX = 16 * MIB;

/**
 * sizeof(struct module) of a kernel, as one of its own modules has it; null: not known. Since 6.4 the kernel refuses
 * another size (elf_validity_check(), kernel/module/main.c). With MODVERSIONS the CRC of module_layout tells more, and
 * nothing is read.
 */
export function readStructSize(
  root: Root,
  directory: string,
  config: Fact<KernelConfig>,
  release: Fact<string>,
): number | null {
  if (!config.known || config.value.options.MODVERSIONS === 'y' || !release.known) return null;
  if (releaseAtLeast(release.value, 6, 4) !== true) return null;
  const isDistribution = root.lstat(`${directory}/dist-kernel`).known;
  const path = findListed(root, isDistribution ? `/lib/modules/${release.value}` : directory);
  if (path === null) return null;
  return valueOr(
    root.withFile(path, (file) => {
      // Older than the configuration, it may be of another kernel: `make bzImage` compiles no modules.
      if (!isDistribution && file.stat.mtime < config.value.mtime) return known(null);
      const plain = unpackedFile(file, path, PACKED_MAX);
      const elf = plain.known ? readElf(plain.value) : plain;
      if (!elf.known) return known(null);
      return known(elf.value.sections.find(({ name }) => name === THIS_MODULE)?.size ?? null);
    }),
    null,
  );
}
