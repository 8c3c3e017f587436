import type { ModuleFile } from '../model/module.ts';

/**
 * The file that modprobe would load for a name: the one in modules.dep. Before depmod has run, the one that depmod will prefer:
 * first in `updates` (depmod.d(5)), then outside `kernel/`. null: there is none.
 */
export function chooseModule(all: readonly ModuleFile[], name: string): ModuleFile | null {
  const files = filesNamed(all, name);
  const listed = files.find(({ indexed }) => indexed === true);
  if (listed !== undefined) return listed;
  const inUpdates = files.find((file) => file.path.includes('/updates/'));
  return inUpdates ?? files.find((file) => !file.path.includes('/kernel/')) ?? files[0] ?? null;
}

const groups = new WeakMap<readonly ModuleFile[], Map<string, ModuleFile[]>>();

/** The modules of a list with this name. Each list is indexed once, because thousands of modules look each other up. */
export function filesNamed(all: readonly ModuleFile[], name: string): readonly ModuleFile[] {
  const known = groups.get(all);
  if (known !== undefined) return known.get(name) ?? [];
  const group = new Map<string, ModuleFile[]>();
  for (const file of all) {
    const others = group.get(file.name);
    if (others === undefined) group.set(file.name, [file]);
    else others.push(file);
  }
  groups.set(all, group);
  return group.get(name) ?? [];
}
