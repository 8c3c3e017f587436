/** Options of emerge that change what would be merged, and neither ask anybody nor touch anything (emerge(1)). */
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

/** What `aufswatch foretell` hands to emerge; or what is wrong with it. */
export type EmergeWords =
  | { readonly ok: true; readonly words: readonly string[] }
  | { readonly ok: false; readonly message: string };

/**
 * The words for emerge. A set alone, as @world, is updated with everything that it needs: nobody merges the whole world
 * again by accident.
 */
export function emergeWords(words: readonly string[]): EmergeWords {
  const strange = words.find((word) => word.startsWith('-') && !isAllowed(word));
  if (strange !== undefined)
    return { ok: false, message: `${strange} is no option of emerge that can be handed on` };
  const wrong = words.find((word) => !word.startsWith('-') && (!ATOM.test(word) || FILE.test(word)));
  if (wrong !== undefined) return { ok: false, message: `"${wrong}" is no atom and no set of packages` };
  if (words.every((word) => word.startsWith('-')))
    return { ok: false, message: 'name an atom, or a set as @world' };
  const isUpdate = words.every((word) => word.startsWith('@'));
  return { ok: true, words: isUpdate ? ['--update', '--deep', '--newuse', ...words] : words };
}

function isAllowed(word: string): boolean {
  const long = /^--([a-z-]+)(?:=[\w/*.+-]+)?$/.exec(word)?.[1];
  if (long !== undefined) return LONG.some((name) => name === long);
  return new RegExp(`^-[${SHORT}]+$`).test(word);
}

/** An atom with operator, slot, repository and USE flags, or a set. */
const ATOM =
  /^(?:@[\w-]+|[<>=~!]{0,2}(?:[\w*][\w+.*-]*\/)?[\w*][\w+.*-]*(?::[\w+./*=-]+)?(?:::[\w-]+)?(?:\[[\w,!?=()@+.-]*\])?)$/;
/** emerge takes files as well, and an ebuild is a program. */
const FILE = /\.(?:ebuild|tbz2|xpak|gpkg\.tar)$/;
