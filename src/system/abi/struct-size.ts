import type { KernelAbi } from '../../model/abi.ts';
import { type Fact, known, unknown } from '../../model/fact.ts';
import type { OwnModule } from './own-module.ts';

/**
 * sizeof(struct module) of a kernel, read from one of its own modules. Since 6.4 the kernel refuses another size before it
 * compares versions (elf_validity_check(), kernel/module/main.c). The module may come from an earlier compilation: it counts
 * only if its CRC of module_layout is the kernel's, or if there are no CRCs and `isOfBuild`.
 */
export function structSizeBy(
  module: OwnModule | null,
  { modversions, exports, vermagic }: Pick<KernelAbi, 'modversions' | 'exports' | 'vermagic'>,
  isOfBuild: boolean,
): Fact<number> {
  if (module === null) return NO_OWN;
  if (!modversions.known) return modversions;
  if (!modversions.value) {
    const sameMagic = vermagic.known && vermagic.value === module.vermagic;
    return sameMagic && isOfBuild ? sizeOf(module) : NOT_OF_THIS;
  }
  const layout = exports.known ? (exports.value.symbols.module_layout?.crc ?? null) : null;
  return layout !== null && layout === module.moduleLayout ? sizeOf(module) : NOT_OF_THIS;
}

const NO_OWN = unknown('no-data', 'none of its own modules is at hand');
const NOT_OF_THIS = unknown('no-data', 'nothing proves that its own modules are of this compilation');

function sizeOf({ path, structSize }: OwnModule): Fact<number> {
  return structSize === null ? unknown('no-data', `${path} holds no struct module`) : known(structSize);
}
