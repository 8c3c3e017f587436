import type { Fact } from '../../model/fact.ts';
import type { Contents } from './contents.ts';

export interface WhatItHas {
  readonly contents: Fact<Contents>;
  readonly use: Fact<readonly string[]>;
  readonly iuse: Fact<readonly string[]>;
  /** The text of its ebuild, asked for only where CONTENTS does not tell. */
  ebuild(): Fact<string>;
}

/**
 * Does a package that inherits an eclass of modules have none? linux-mod-r1.eclass builds them only with the USE flag
 * that MODULES_OPTIONAL_IUSE names. CONTENTS tells what was built; where it tells nothing, the flag does. Where
 * neither does, the package counts as one with modules.
 */
export function isWithoutModules({ contents, use, iuse, ebuild }: WhatItHas): boolean {
  // One without any entry was cut off: a package that builds something owns something.
  if (contents.known && !contents.value.isEmpty) return contents.value.modules.length === 0;
  if (!use.known || !iuse.known) return false;
  const text = ebuild();
  const flag = (text.known ? optionalFlag(text.value) : null) ?? USUAL;
  return iuse.value.includes(flag) && !use.value.includes(flag);
}

/** What nearly all ebuilds call it. */
const USUAL = 'modules';

/** The flag that MODULES_OPTIONAL_IUSE names, without the sign of its default; null: the ebuild names none. */
function optionalFlag(ebuild: string): string | null {
  return /^[ \t]*MODULES_OPTIONAL_IUSE=["']?[+-]?([A-Za-z0-9][\w+@-]*)/m.exec(ebuild)?.[1] ?? null;
}
