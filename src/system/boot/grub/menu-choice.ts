import { type Fact, known, unknown } from '../../../model/fact.ts';
import type { GrubFiles } from './grub-files.ts';
import { runEntry, runScript } from './run-script.ts';
import { type MenuEntry, nestedState, type ScriptState } from './script-state.ts';

/** A menu after its script has run. */
export interface GrubMenu {
  /** Path of the script. */
  readonly path: string;
  readonly state: ScriptState;
}

const NESTED_MAX = 8;

/**
 * Runs a configuration, and the one that it continues with by `configfile`, as the small grub.cfg on an EFI system
 * partition does. Unknown where it cannot be read or is no script.
 */
export function runConfiguration(
  path: string,
  state: ScriptState,
  files: GrubFiles,
  depth = 0,
): Fact<GrubMenu> {
  const script = files.script(path);
  if (!script.known) return script;
  runScript(script.value, state, files);
  const { configfile } = state;
  if (configfile === null) return known({ path, state });
  if (!configfile.known) return configfile;
  if (depth > NESTED_MAX) return unknown('malformed', 'configurations that lead to each other without end');
  return runConfiguration(configfile.value, nestedState(state), files, depth + 1);
}

/** The index of an entry in each menu that leads to it, the outermost first. */
export type EntryPath = readonly number[];

/**
 * The entry that a menu starts when its timeout ends (get_entry_number() and grub_menu_execute_entry() in
 * grub-core/normal/menu.c): `default` is a number, a title or an id; the rest after a `>` is for the submenu. A default
 * that matches no entry means the first one.
 */
export function chooseEntry({ path, state }: GrubMenu, files: GrubFiles, depth = 0): Fact<EntryPath> {
  const chosen = state.variables.get('default') ?? known('');
  if (!chosen.known) return unknown(chosen.code, `${path}: \`default\`: ${chosen.detail}`);
  const { menu, doubtfulFrom } = state;
  if (menu.length === 0) return unknown('no-data', `${path} has no menu entries`);
  const { index, rest } = entryNumber(menu, chosen.value);
  const at = index < menu.length ? index : 0;
  const entry = menu[at];
  if (entry === undefined) return unknown('no-data', `${path} has no menu entries`);
  // Uncertain entries shift numbers, not names.
  const byName = Number.isNaN(leadingNumber(chosen.value)) && entryIs(entry, chosen.value);
  if (doubtfulFrom !== null && at >= doubtfulFrom && !byName)
    return unknown('no-data', state.gaps[0] ?? `not all entries of ${path} are known`);
  if (doubtfulFrom !== null && index >= menu.length)
    return unknown('no-data', state.gaps[0] ?? `not all entries of ${path} are known`);
  if (entry.kind === 'menuentry') return known([at]);
  if (depth > NESTED_MAX) return unknown('malformed', 'menus within menus without end');
  const inner = chooseEntry({ path, state: openSubmenu(entry, state, files, rest) }, files, depth + 1);
  return inner.known ? known([at, ...inner.value]) : inner;
}

/** Runs a submenu. `rest`: the part of `default` that is for it. */
export function openSubmenu(
  entry: MenuEntry,
  outer: ScriptState,
  files: GrubFiles,
  rest: string | null = null,
): ScriptState {
  const inner = nestedState(outer);
  if (rest === null) inner.variables.delete('default');
  else inner.variables.set('default', known(rest));
  return runEntry(entry, inner, files);
}

/** Splits `default` into the entry of this menu and the part for a submenu. */
function entryNumber(
  menu: readonly MenuEntry[],
  value: string,
): { readonly index: number; readonly rest: string | null } {
  const rest = restOf(value);
  const number = leadingNumber(value);
  if (!Number.isNaN(number)) return { index: number, rest };
  const found = menu.findIndex((entry) => entryIs(entry, value));
  return { index: found === -1 ? 0 : found, rest };
}

/** grub_strtoul() with base 0: the number that a text begins with; NaN: none. */
export function leadingNumber(value: string): number {
  const match = /^\s*(?:0[xX]([0-9a-fA-F]+)|(0[0-7]*)|([1-9][0-9]*))/.exec(value);
  if (match === null) return Number.NaN;
  const [, hex, octal, decimal] = match;
  if (hex !== undefined) return Number.parseInt(hex, 16);
  return octal !== undefined ? Number.parseInt(octal, 8) : Number(decimal);
}

function entryIs({ title, id }: MenuEntry, value: string): boolean {
  const name = firstOf(value);
  return title === name || id === name;
}

/** The text before the first single `>`; `>>` is a `>` of the name itself. */
function firstOf(value: string): string {
  return value.slice(0, separatorIn(value) ?? undefined).replaceAll('>>', '>');
}

function restOf(value: string): string | null {
  const at = separatorIn(value);
  return at === null || at + 1 >= value.length ? null : value.slice(at + 1);
}

function separatorIn(value: string): number | null {
  for (let at = 0; at < value.length; at++) {
    if (value[at] !== '>') continue;
    if (value[at + 1] !== '>') return at;
    at++;
  }
  return null;
}

/** Escapes the name of an entry for a path of names: `>` becomes `>>`. */
export function escapeName(name: string): string {
  return name.replaceAll('>', '>>');
}

/** The same files with a changed environment block, for running the menu under other settings. */
export function withEnvironment(
  files: GrubFiles,
  change: (block: ReadonlyMap<string, string>) => ReadonlyMap<string, string>,
): GrubFiles {
  return {
    ...files,
    environment: (path) => {
      const block = files.environment(path);
      return block.known ? known(change(block.value)) : block;
    },
  };
}
