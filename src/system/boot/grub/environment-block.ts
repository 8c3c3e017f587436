import { type Fact, known, unknown } from '../../../model/fact.ts';
import type { Root } from '../../root.ts';

const SIGNATURE = '# GRUB Environment Block\n';

/** The variables of the environment block `grubenv`. */
export function readEnvironmentBlock(root: Root, path: string): Fact<ReadonlyMap<string, string>> {
  const text = root.readText(path, 64 * 1024);
  if (!text.known) return text;
  return parseEnvironmentBlock(text.value, path);
}

/**
 * Parses as grub-core/lib/envblk.c does: the signature, then a line for each variable, with a backslash before each
 * character that is escaped. `malformed`: there is no signature.
 */
export function parseEnvironmentBlock(text: string, path: string): Fact<ReadonlyMap<string, string>> {
  if (!text.startsWith(SIGNATURE)) return unknown('malformed', `${path} is no environment block of GRUB's`);
  const found = new Map<string, string>();
  let at = SIGNATURE.length;
  while (at < text.length) {
    let line = '';
    for (; at < text.length && text[at] !== '\n'; at++) {
      if (text[at] === '\\' && at + 1 < text.length) at++;
      line += text[at] ?? '';
    }
    at++;
    const equals = line.indexOf('=');
    if (!line.startsWith('#') && equals > 0) found.set(line.slice(0, equals), line.slice(equals + 1));
  }
  return known(found);
}
