import type { InstalledPackage } from './portage.ts';

/** Is it a distribution kernel that Portage does not compile? */
export function comesCompiled({ kinds, name }: Pick<InstalledPackage, 'kinds' | 'name'>): boolean {
  return kinds.includes('dist-kernel') && name.endsWith('-bin');
}
