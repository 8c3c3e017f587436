import type { Fact } from '../../model/fact.ts';
import type { Contents } from './contents.ts';

export interface WhatItHas {
  readonly contents: Fact<Contents>;
  readonly use: Fact<readonly string[]>;
  readonly iuse: Fact<readonly string[]>;
  /** Returns the text of its ebuild. Called only if CONTENTS does not decide. */
  ebuild(): Fact<string>;
}

/**
 * Does a package that inherits an eclass of modules have none? linux-mod-r1.eclass builds them only with the USE flag
 * in MODULES_OPTIONAL_IUSE. CONTENTS shows what was built; if it shows nothing, the flag decides. If neither does,
 * the package counts as one with modules.
 */
export function isWithoutModules({ contents, use, iuse, ebuild }: WhatItHas): boolean {
  // A CONTENTS without entries was truncated: a package that builds something owns something.
  if (contents.known && !contents.value.isEmpty) return contents.value.modules.length === 0;
  if (!use.known || !iuse.known) return false;
  const text = ebuild();
  const flag = (text.known ? optionalFlag(text.value) : null) ?? USUAL;
  return iuse.value.includes(flag) && !use.value.includes(flag);
}

/** The flag's name in nearly all ebuilds. */
const USUAL = 'modules';

/** The flag in MODULES_OPTIONAL_IUSE, without the sign of its default; null: the ebuild sets none. */
function optionalFlag(ebuild: string): string | null {
  return /^[ \t]*MODULES_OPTIONAL_IUSE=["']?[+-]?([A-Za-z0-9][\w+@-]*)/m.exec(ebuild)?.[1] ?? null;
}
