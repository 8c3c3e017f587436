/** `/lib/modules/6.1/extra/zfs-x.ko.xz` → `zfs_x`: the kernel's own name has `_` for `-`. */
export function moduleName(path: string): string {
  const file = path.slice(path.lastIndexOf('/') + 1);
  return file.replace(/\.ko(\.\w+)?$/, '').replaceAll('-', '_');
}
