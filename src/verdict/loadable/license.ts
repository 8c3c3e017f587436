/** Licenses of include/linux/license.h. A module that names none counts as proprietary. */
const COMPATIBLE: ReadonlySet<string> = new Set([
  'GPL',
  'GPL v2',
  'GPL and additional rights',
  'Dual BSD/GPL',
  'Dual MIT/GPL',
  'Dual MPL/GPL',
]);

/** Modules that say that they are GPL and are not (check_module_license_and_versions() in kernel/module/main.c). */
const DISBELIEVED: ReadonlySet<string> = new Set(['driverloader', 'lve']);

/** Does the kernel let this module use what is for GPL-compatible ones only? */
export function countsAsGplCompatible(name: string, license: string | null): boolean {
  return license !== null && COMPATIBLE.has(license) && !DISBELIEVED.has(name);
}
