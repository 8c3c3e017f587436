import type { BuildFacts } from '../../model/build.ts';
import { valueOr } from '../../model/fact.ts';
import type { ModuleFile, ModuleInfo } from '../../model/module.ts';

/**
 * A module after it is compiled again for a kernel; null: not known, as where the kernel does not export a symbol that the module
 * needs (then modpost fails), or where its exports are not known.
 */
export function fittedModule(
  old: ModuleInfo,
  { abi }: Pick<BuildFacts, 'abi'>,
  others: readonly ModuleFile[],
): ModuleInfo | null {
  const { exports, vermagic, modversions, elf } = abi;
  if (!exports.known || !vermagic.known || !modversions.known) return null;
  const { symbols } = exports.value;
  const brought = new Set(
    others.flatMap(({ info }) => (info.known ? info.value.exports.map(({ name }) => name) : [])),
  );
  const ofKernel = (name: string) => (Object.hasOwn(symbols, name) ? symbols[name] : undefined);
  const isThere = (name: string): boolean => ofKernel(name) !== undefined || brought.has(name);
  if (!old.imports.every(({ name, weak }) => weak || isThere(name))) return null;
  const layout = ofKernel('module_layout')?.crc ?? null;
  if (modversions.value && layout === null) return null;
  return {
    ...old,
    vermagic: vermagic.value,
    // Another version of the package may set another one.
    version: null,
    srcversion: null,
    buildId: null,
    hasVersions: modversions.value,
    hasBasicVersions: modversions.value && !old.hasExtendedVersions,
    moduleLayout: modversions.value ? layout : null,
    imports: old.imports.map((symbol) => ({
      ...symbol,
      crc: modversions.value ? (ofKernel(symbol.name)?.crc ?? symbol.crc) : null,
    })),
    elf: elf.known ? elf.value : old.elf,
    structSize: valueOr(abi.structSize, old.structSize),
  };
}
