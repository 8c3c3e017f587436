/** Licenses of include/linux/license.h. A module that names none counts as proprietary. */
const COMPATIBLE: ReadonlySet<string> = new Set([
  'GPL',
  'GPL v2',
  'GPL and additional rights',
  'Dual BSD/GPL',
  'Dual MIT/GPL',
  'Dual MPL/GPL',
]);

export function licenseIsGplCompatible(license: string | null): boolean {
  return license !== null && COMPATIBLE.has(license);
}
