/** `/lib/modules/6.1/extra/zfs-x.ko.xz` → `zfs_x`: the kernel's own name has `_` for `-`. */
export function moduleName(path: string): string {
  const file = path.slice(path.lastIndexOf('/') + 1);
  return file.replace(/\.ko(\.\w+)?$/, '').replaceAll('-', '_');
}

/** Can a module have this name? MODULE_NAME_LEN allows 55 bytes, and kbuild takes it from a file's name. */
export function isModuleName(name: string): boolean {
  return /^[\w.+]{1,55}$/.test(name);
}
