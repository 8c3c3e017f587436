/** Licenses of include/linux/license.h. A module that names none counts as proprietary. */
const COMPATIBLE: ReadonlySet<string> = new Set([
  'GPL',
  'GPL v2',
  'GPL and additional rights',
  'Dual BSD/GPL',
  'Dual MIT/GPL',
  'Dual MPL/GPL',
]);

/** Modules that claim the GPL and do not have it (check_module_license_and_versions() in kernel/module/main.c). */
const DISBELIEVED: ReadonlySet<string> = new Set(['driverloader', 'lve']);

/** May this module use symbols that are only for GPL-compatible modules? */
export function countsAsGplCompatible(name: string, license: string | null): boolean {
  return license !== null && COMPATIBLE.has(license) && !DISBELIEVED.has(name);
}
