import type { KernelExport } from '../../model/abi.ts';
import { type Fact, mapFact } from '../../model/fact.ts';
import { releaseAtLeast } from '../../model/release-version.ts';
import { readModuleSymbols } from '../modules/module-symbols.ts';
import type { Root } from '../root.ts';

type Symbols = Readonly<Record<string, KernelExport>>;

/**
 * A symbol map lists what vmlinux exports, and nothing of what the kernel's own modules do. Who of them exports the
 * wanted symbols that are left is read from depmod's index; without one they stay in the table with `from` empty.
 * Before 5.4 there were no namespaces.
 */
export function withModuleExports(
  root: Root,
  release: string,
  exports: Fact<Symbols>,
  wanted: ReadonlySet<string>,
): Fact<Symbols> {
  return mapFact(exports, (ofKernel) => {
    const missing = new Set([...wanted].filter((name) => !Object.hasOwn(ofKernel, name)));
    const namespace = releaseAtLeast(release, 5, 4) === false ? '' : null;
    const all: Record<string, KernelExport> = {};
    for (const [name, found] of Object.entries(ofKernel))
      all[name] = { ...found, namespace: found.namespace ?? namespace };
    if (missing.size === 0) return all;
    const modules = readModuleSymbols(root, release, missing);
    for (const name of missing) {
      const from = modules.known ? modules.value.get(name) : '';
      if (from !== undefined) all[name] = { crc: null, gplOnly: null, namespace, from };
    }
    return all;
  });
}
