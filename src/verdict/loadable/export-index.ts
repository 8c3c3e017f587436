import type { ModuleExport, ModuleFile } from '../../model/module.ts';

/** What exports a symbol. */
export interface Exporter {
  readonly file: ModuleFile;
  readonly exported: ModuleExport;
}

const indexes = new WeakMap<readonly ModuleFile[], ReadonlyMap<string, Exporter>>();

/** The first of these modules that exports a symbol; null: none does. Each list is indexed once. */
export function exporterOf(modules: readonly ModuleFile[], symbol: string): Exporter | null {
  let index = indexes.get(modules);
  if (index === undefined) {
    index = indexOf(modules);
    indexes.set(modules, index);
  }
  return index.get(symbol) ?? null;
}

function indexOf(modules: readonly ModuleFile[]): ReadonlyMap<string, Exporter> {
  const index = new Map<string, Exporter>();
  for (const file of modules) {
    if (!file.info.known) continue;
    for (const exported of file.info.value.exports)
      if (!index.has(exported.name)) index.set(exported.name, { file, exported });
  }
  return index;
}
