import { type Fact, known, unknown, valueOr } from '../../model/fact.ts';
import type { AufsSources } from '../../model/tree.ts';
import type { Root } from '../root.ts';

const LIMIT = 256 * 1024;

/**
 * The sources of AUFS in a kernel tree; null: none. kbuild needs both files: in a patched tree without fs/aufs, make
 * fails where fs/Kconfig includes fs/aufs/Kconfig.
 */
export function readAufsSources(root: Root, tree: string): Fact<AufsSources | null> {
  const makefile = root.lstat(`${tree}/fs/aufs/Makefile`);
  const kconfig = root.readText(`${tree}/fs/aufs/Kconfig`, LIMIT);
  if (!makefile.known && makefile.code !== 'missing') return unknown(makefile.code, makefile.detail);
  if (!makefile.known || (!kconfig.known && kconfig.code === 'missing')) return known(null);
  return known({ option: optionOf(valueOr(kconfig, '')) });
}

/** Gentoo's aufs-sources change it to a bool without USE=module. */
function optionOf(kconfig: string): AufsSources['option'] {
  const lines = kconfig.split('\n');
  const start = lines.findIndex((line) => /^(?:menu)?config[ \t]+AUFS_FS[ \t]*$/.test(line));
  if (start < 0) return null;
  for (const line of lines.slice(start + 1)) {
    if (/^\S/.test(line)) return null;
    const type = /^[ \t]+(?:def_)?(bool|tristate)\b/.exec(line)?.[1];
    if (type === 'bool' || type === 'tristate') return type;
  }
  return null;
}
