/** Options of emerge that change what would be merged, but neither prompt nor change anything (emerge(1)). */
const LONG = [
  'update',
  'deep',
  'newuse',
  'changed-use',
  'emptytree',
  'noreplace',
  'nodeps',
  'onlydeps',
  'oneshot',
  'usepkg',
  'usepkgonly',
  'with-bdeps',
  'exclude',
  'changed-deps',
  'complete-graph',
  'backtrack',
  'depclean',
  'unmerge',
] as const;
const SHORT = 'uDNUenOo1kKcC';

/** The words that `aufswatch foretell` passes to emerge, or what is wrong with them. */
export type EmergeWords =
  | { readonly ok: true; readonly words: readonly string[] }
  | { readonly ok: false; readonly message: string };

/**
 * The words for emerge. A set alone, such as @world, becomes a deep update: to merge all of @world again is not meant.
 */
export function emergeWords(words: readonly string[]): EmergeWords {
  const strange = words.find((word) => word.startsWith('-') && !isAllowed(word));
  if (strange !== undefined)
    return { ok: false, message: `${strange} is not an option of emerge that foretell can pass on` };
  const wrong = words.find((word) => !word.startsWith('-') && (!ATOM.test(word) || FILE.test(word)));
  if (wrong !== undefined) return { ok: false, message: `"${wrong}" is neither an atom nor a set` };
  if (words.every((word) => word.startsWith('-')))
    return { ok: false, message: 'name an atom, or a set such as @world' };
  const isUpdate = words.every((word) => word.startsWith('@'));
  return { ok: true, words: isUpdate ? ['--update', '--deep', '--newuse', ...words] : words };
}

function isAllowed(word: string): boolean {
  const long = /^--([a-z-]+)(?:=[\w/*.+-]+)?$/.exec(word)?.[1];
  if (long !== undefined) return LONG.some((name) => name === long);
  return new RegExp(`^-[${SHORT}]+$`).test(word);
}

/** An atom, with optional operator, slot, repository and USE flags; or a set. */
const ATOM =
  /^(?:@[\w-]+|[<>=~!]{0,2}(?:[\w*][\w+.*-]*\/)?[\w*][\w+.*-]*(?::[\w+./*=-]+)?(?:::[\w-]+)?(?:\[[\w,!?=()@+.-]*\])?)$/;
/** emerge accepts files as well, but an ebuild is code that would run. */
const FILE = /\.(?:ebuild|tbz2|xpak|gpkg\.tar)$/;
