import type { ModuleFile } from '../model/module.ts';

/**
 * The file that modprobe would take for a name: the one that modules.dep lists. Until depmod has run, the one that it
 * will prefer: in `updates` before all (depmod.d(5)), and what is outside `kernel/`.
 */
export function chooseModule(all: readonly ModuleFile[], name: string): ModuleFile | null {
  const files = all.filter((file) => file.name === name);
  const listed = files.find(({ indexed }) => indexed === true);
  if (listed !== undefined) return listed;
  const inUpdates = files.find((file) => file.path.includes('/updates/'));
  return inUpdates ?? files.find((file) => !file.path.includes('/kernel/')) ?? files[0] ?? null;
}
