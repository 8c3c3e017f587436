import type { KernelAbi } from '../../model/abi.ts';
import type { OwnModule } from './own-module.ts';

/**
 * sizeof(struct module) of a kernel, as one of its own modules has it; null: not known. Since 6.4 the kernel refuses
 * another size before it looks at any version (elf_validity_check(), kernel/module/main.c). A module may have been left
 * behind by another compilation: it counts where the CRC of module_layout is the kernel's, or where there are no CRCs and
 * `isOfBuild`.
 */
export function structSizeBy(
  module: OwnModule | null,
  { modversions, exports, vermagic }: Pick<KernelAbi, 'modversions' | 'exports' | 'vermagic'>,
  isOfBuild: boolean,
): number | null {
  if (module === null || !modversions.known) return null;
  if (!modversions.value) {
    const sameMagic = vermagic.known && vermagic.value === module.vermagic;
    return sameMagic && isOfBuild ? module.structSize : null;
  }
  const layout = exports.known ? (exports.value.symbols.module_layout?.crc ?? null) : null;
  return layout !== null && layout === module.moduleLayout ? module.structSize : null;
}
