import { type Fact, known, unknown } from '../../../model/fact.ts';
import type { Statement } from './script.ts';

/** An entry of the menu that the script has added. */
export interface MenuEntry {
  readonly kind: 'menuentry' | 'submenu';
  readonly title: string;
  readonly id: string;
  readonly line: number;
  readonly body: readonly Statement[];
  /** $1, $2 … of the body: the title and the words after it. */
  readonly words: readonly Fact<string>[];
}

/** The state of the interpreter. */
export interface ScriptState {
  readonly variables: Map<string, Fact<string>>;
  readonly exported: Set<string>;
  readonly functions: Map<string, readonly Statement[]>;
  readonly menu: MenuEntry[];
  /** Entries from this index on are uncertain; null: all are certain. */
  doubtfulFrom: number | null;
  /** Parts of the script that could not be executed here, one line each. */
  readonly gaps: string[];
  /** The kernel or program that is loaded into memory. */
  loaded: Loaded | null;
  /** Path that `configfile` continues with: its menu replaces this one. */
  configfile: Fact<string> | null;
  /** The command that ended GRUB: `exit`, `halt`, `reboot`. */
  ended: string | null;
}

export type Loaded =
  | {
      readonly what: 'linux';
      readonly image: Fact<string>;
      readonly commandLine: Fact<string>;
      readonly initrds: readonly Fact<string>[];
    }
  /** A hypervisor: the first module after it is the kernel. */
  | { readonly what: 'multiboot'; readonly program: Fact<string>; readonly modules: number }
  | { readonly what: 'chainloader'; readonly program: Fact<string> };

/** The state before a script runs. `prefix`: the directory of GRUB's own files, `(own)/grub`. */
export function newState(prefix: string): ScriptState {
  const set = new Map<string, Fact<string>>();
  // GRUB itself sets these since 2.00 (grub-core/normal/main.c).
  for (const feature of FEATURES) set.set(`feature_${feature}`, known('y'));
  set.set('prefix', known(prefix));
  set.set('root', known(OWN_DEVICE));
  for (const name of OF_THE_MACHINE)
    set.set(name, unknown('no-data', `$${name} is known to the loader alone`));
  return {
    variables: set,
    exported: new Set(['prefix', 'root', ...OF_THE_MACHINE, ...FEATURES.map((name) => `feature_${name}`)]),
    functions: new Map(),
    menu: [],
    doubtfulFrom: null,
    gaps: [],
    loaded: null,
    configfile: null,
    ended: null,
  };
}

/** The device that holds GRUB's own files. */
export const OWN_DEVICE = 'own';

const FEATURES = [
  'chainloader_bpb',
  'ntldr',
  'platform_search_hint',
  'default_font_path',
  'all_video_module',
  'menuentry_id',
  'menuentry_options',
  '200_final',
  'nativedisk_cmd',
  'timeout_style',
];
const OF_THE_MACHINE = ['grub_cpu', 'grub_platform', 'cmdpath', 'lockdown', 'shim_lock'];

/** The state for a submenu or another configuration: of the variables it has only those that were exported. */
export function nestedState(outer: ScriptState): ScriptState {
  const variables = new Map([...outer.variables].filter(([name]) => outer.exported.has(name)));
  return {
    ...copyState(outer),
    variables,
    menu: [],
    doubtfulFrom: null,
    gaps: [],
    loaded: null,
    configfile: null,
  };
}

export function copyState(state: ScriptState): ScriptState {
  return {
    ...state,
    variables: new Map(state.variables),
    exported: new Set(state.exported),
    functions: new Map(state.functions),
    menu: [...state.menu],
    gaps: [...state.gaps],
  };
}

/** Changes `one` to what is true in both states; everything else becomes unknown. */
export function mergeStates(one: ScriptState, other: ScriptState, why: string): void {
  const doubt = unknown('no-data', why);
  for (const [name, right] of other.variables)
    if (!sameValue(one.variables.get(name), right)) one.variables.set(name, doubt);
  for (const name of one.variables.keys()) if (!other.variables.has(name)) one.variables.set(name, doubt);
  for (const name of other.exported) one.exported.add(name);
  for (const [name, body] of other.functions) if (!one.functions.has(name)) one.functions.set(name, body);
  let common = 0;
  while (common < one.menu.length && one.menu[common]?.body === other.menu[common]?.body) common++;
  if (common < Math.max(one.menu.length, other.menu.length)) {
    one.menu.push(...other.menu.slice(common));
    one.doubtfulFrom = Math.min(one.doubtfulFrom ?? common, common);
    if (one.gaps.length < GAPS_MAX) one.gaps.push(why);
  } else if (other.doubtfulFrom !== null)
    one.doubtfulFrom = Math.min(one.doubtfulFrom ?? other.doubtfulFrom, other.doubtfulFrom);
  for (const line of other.gaps)
    if (!one.gaps.includes(line) && one.gaps.length < GAPS_MAX) one.gaps.push(line);
  if (!isSame(one.loaded, other.loaded)) {
    one.loaded = { what: 'linux', image: doubt, commandLine: doubt, initrds: [] };
  }
  if (!isSame(one.configfile, other.configfile)) one.configfile = doubt;
  // If only one of the two ended GRUB, there may be no menu at all.
  if (one.ended !== other.ended) {
    one.ended = null;
    one.doubtfulFrom ??= 0;
    if (one.gaps.length < GAPS_MAX) one.gaps.push(why);
  }
}

function sameValue(one: Fact<string> | undefined, other: Fact<string>): boolean {
  return one?.known && other.known ? one.value === other.value : one === other;
}

function isSame<T extends object>(one: T | null, other: T | null): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}

const GAPS_MAX = 20;

/** Records a part that could not be executed. Returns the status of the command, which is unknown then. */
export function gap(state: ScriptState, line: number, what: string): Fact<boolean> {
  if (state.gaps.length < GAPS_MAX) state.gaps.push(`line ${line}: ${what}`);
  return unknown('no-data', what);
}

/** The positional parameters $1, $2 … */
export function positional({ variables }: Pick<ScriptState, 'variables'>): Fact<string>[] {
  const found: Fact<string>[] = [];
  for (let at = 1; ; at++) {
    const value = variables.get(String(at));
    if (value === undefined) return found;
    found.push(value);
  }
}

export function setPositional(state: ScriptState, words: readonly Fact<string>[]): void {
  const count = positional(state).length;
  for (let at = 1; at <= count; at++) state.variables.delete(String(at));
  for (const [index, word] of words.entries()) state.variables.set(String(index + 1), word);
}

/** Adds the device to a path that has none: `$root`. */
export function absolute(path: string, state: ScriptState): string {
  if (path.startsWith('(')) return path;
  const root = state.variables.get('root');
  const device = root === undefined ? OWN_DEVICE : root.known ? root.value : UNKNOWN_DEVICE;
  return `(${device})${path.startsWith('/') ? '' : '/'}${path}`;
}

/** A device that GRUB finds and this program does not. */
export const UNKNOWN_DEVICE = 'unknown';

export function pathOf(arg: Fact<string> | undefined, state: ScriptState): Fact<string> {
  if (arg === undefined) return unknown('malformed', 'a command without its file');
  return arg.known ? known(absolute(arg.value, state)) : arg;
}
