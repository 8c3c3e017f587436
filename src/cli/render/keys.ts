import type { Scroll } from './live-screen.ts';

/** What a key does on a screen that scrolls; null: nothing. */
export type KeyAction = { readonly scroll: Scroll } | 'end' | 'help' | 'redraw' | null;

/** A key as Node's readline names it. */
export interface Key {
  readonly name?: string | undefined;
  readonly sequence?: string | undefined;
  readonly ctrl?: boolean | undefined;
}

const DOWN: KeyAction = { scroll: { rows: 1 } };
const UP: KeyAction = { scroll: { rows: -1 } };
const PAGE_DOWN: KeyAction = { scroll: { pages: 1 } };
const PAGE_UP: KeyAction = { scroll: { pages: -1 } };

/** The keys of less(1). */
const BY_NAME: Readonly<Record<string, KeyAction>> = {
  down: DOWN,
  return: DOWN,
  up: UP,
  pagedown: PAGE_DOWN,
  space: PAGE_DOWN,
  pageup: PAGE_UP,
  home: { scroll: 'top' },
  end: { scroll: 'bottom' },
};

const BY_LETTER: Readonly<Record<string, KeyAction>> = {
  j: DOWN,
  k: UP,
  f: PAGE_DOWN,
  b: PAGE_UP,
  g: { scroll: 'top' },
  G: { scroll: 'bottom' },
  q: 'end',
  Q: 'end',
  '?': 'help',
  h: 'help',
};

/** In raw mode Ctrl-C, Ctrl-D and Ctrl-L arrive as keys. */
const BY_CONTROL: Readonly<Record<string, KeyAction>> = { c: 'end', d: 'end', l: 'redraw' };

export function keyAction({ name = '', sequence = '', ctrl = false }: Key): KeyAction {
  if (ctrl) return BY_CONTROL[name] ?? null;
  return BY_LETTER[sequence] ?? BY_NAME[name] ?? null;
}

/** The help about the keys. */
export const KEYS_TEXT = `Keys

  j, down         one line down
  k, up           one line up
  space, f, PgDn  one page down
  b, PgUp         one page up
  g, Home         to the top
  G, End          to the end
  ?, h            these keys
  q               end

Any key goes back.
`;
