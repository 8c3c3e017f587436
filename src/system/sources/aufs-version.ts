import { chainFact, type Fact, known, unknown } from '../../model/fact.ts';
import type { Root } from '../root.ts';

/** aufs_type.h moved to include/uapi with Linux 3.7. */
const HEADERS = ['include/uapi/linux/aufs_type.h', 'include/linux/aufs_type.h'];
const LIMIT = 256 * 1024;

/**
 * AUFS_VERSION in the tree's aufs_type.h, as `6.1-20240701`; null: there is no such file, as in a tree patched for
 * the module outside of it.
 */
export function readAufsVersion(root: Root, tree: string): Fact<string | null> {
  for (const header of HEADERS) {
    const path = `${tree}/${header}`;
    const text = root.readText(path, LIMIT);
    if (!text.known && text.code === 'missing') continue;
    return chainFact(text, (content) => parseAufsVersion(path, content));
  }
  return known(null);
}

function parseAufsVersion(path: string, text: string): Fact<string> {
  const match = /^[ \t]*#[ \t]*define[ \t]+AUFS_VERSION[ \t]+"([^"\n]{1,100})"/m.exec(text);
  return match?.[1] === undefined ? unknown('malformed', `${path} defines no AUFS_VERSION`) : known(match[1]);
}
