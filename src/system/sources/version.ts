import { chainFact, type Fact, known, type Unknown, unknown } from '../../model/fact.ts';
import { isReleasePart } from '../../model/release-name.ts';
import type { KernelVersion } from '../../model/tree.ts';
import type { Root } from '../root.ts';

/** The four assignments are in the first lines of the Makefile. The rest of its 70 KB is not needed. */
const HEAD = 4096;
const NAMES = ['VERSION', 'PATCHLEVEL', 'SUBLEVEL', 'EXTRAVERSION'] as const;

/**
 * The version that a kernel tree's Makefile states. `missing` or `malformed`: not a kernel tree.
 */
export function readVersion(root: Root, tree: string): Fact<KernelVersion> {
  const path = `${tree}/Makefile`;
  const head = root.withFile(path, (file) => known(file.read(0, HEAD).toString('latin1')));
  return chainFact(head, (text) =>
    parseVersion(path, text.length < HEAD ? text : text.slice(0, text.lastIndexOf('\n'))),
  );
}

/** Does the error show that this is no kernel tree? A tree that could not be read, or not in time, may be one. */
export function saysNoVersion({ code }: Unknown): boolean {
  return code === 'missing' || code === 'malformed' || code === 'wrong-type' || code === 'too-large';
}

/** Parses the first lines of a kernel Makefile. */
export function parseVersion(path: string, text: string): Fact<KernelVersion> {
  const found = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [name, value] = assignment(line);
    if (value !== null && !found.has(name)) found.set(name, value);
    if (found.size === NAMES.length) break;
  }
  const version = wholeNumber(found.get('VERSION'));
  const patchlevel = wholeNumber(found.get('PATCHLEVEL'));
  const sublevel = wholeNumber(found.get('SUBLEVEL') || '0');
  const extraversion = found.get('EXTRAVERSION') ?? '';
  if (version === null || patchlevel === null || sublevel === null || !isReleasePart(extraversion)) {
    return unknown('malformed', `${path} states no kernel version`);
  }
  return known({ version, patchlevel, sublevel, extraversion });
}

/** `6.1.192-gentoo`: what the Makefile calls KERNELVERSION. */
export function versionText(version: KernelVersion): string {
  return `${version.version}.${version.patchlevel}.${version.sublevel}${version.extraversion}`;
}

function assignment(line: string): readonly [string, string | null] {
  const equals = line.indexOf('=');
  const name = line.slice(0, Math.max(equals, 0)).trim();
  if (!NAMES.some((wanted) => wanted === name)) return [name, null];
  return [
    name,
    line
      .slice(equals + 1)
      .replace(/#.*/, '')
      .trim(),
  ];
}

function wholeNumber(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,6}$/.test(text) ? Number(text) : null;
}
