import { type Fact, known, unknown } from '../../../model/fact.ts';
import type { Statement } from './script.ts';

/** A line of the menu as the script has put it there. */
export interface MenuEntry {
  readonly kind: 'menuentry' | 'submenu';
  readonly title: string;
  readonly id: string;
  readonly line: number;
  readonly body: readonly Statement[];
  /** What the body sees as $1, $2 …: the title and whatever followed it. */
  readonly words: readonly Fact<string>[];
}

/** What a script has done so far. */
export interface ScriptState {
  readonly variables: Map<string, Fact<string>>;
  readonly exported: Set<string>;
  readonly functions: Map<string, readonly Statement[]>;
  readonly menu: MenuEntry[];
  /** Entries from this one on may be there or not; null: all are there. */
  doubtfulFrom: number | null;
  /** What could not be followed, one line each. */
  readonly gaps: string[];
  /** What is loaded into memory to be started. */
  loaded: Loaded | null;
  /** `configfile`: the menu is that of another file from here on. */
  configfile: Fact<string> | null;
  /** The script ended itself, and with it the loader: `exit`, `halt`, `reboot`. */
  ended: string | null;
}

export type Loaded =
  | {
      readonly what: 'linux';
      readonly image: Fact<string>;
      readonly commandLine: Fact<string>;
      readonly initrds: readonly Fact<string>[];
    }
  /** A hypervisor: the first module behind it is the kernel. */
  | { readonly what: 'multiboot'; readonly program: Fact<string>; readonly modules: number }
  | { readonly what: 'chainloader'; readonly program: Fact<string> };

/** A state before anything was run. `prefix` is where GRUB's own files lie: `(own)/grub`. */
export function newState(prefix: string): ScriptState {
  const set = new Map<string, Fact<string>>();
  // What GRUB 2 itself offers since 2.00 (grub-core/normal/main.c).
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

/** The device that GRUB's own files lie on. */
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

/** The state in which a submenu, or another configuration, is run: of the variables only those that were exported. */
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

/** `one` becomes what is so either way. */
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
  // Where one way ends the loader, a menu may never come.
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

/** Notes what could not be followed; the status of the command is not known then. */
export function gap(state: ScriptState, line: number, what: string): Fact<boolean> {
  if (state.gaps.length < GAPS_MAX) state.gaps.push(`line ${line}: ${what}`);
  return unknown('no-data', what);
}

/** The words $1, $2 … */
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

/** A path with its device: without one it is on `$root`. */
export function absolute(path: string, state: ScriptState): string {
  if (path.startsWith('(')) return path;
  const root = state.variables.get('root');
  const device = root === undefined ? OWN_DEVICE : root.known ? root.value : UNKNOWN_DEVICE;
  return `(${device})${path.startsWith('/') ? '' : '/'}${path}`;
}

/** A device that GRUB finds and this program cannot. */
export const UNKNOWN_DEVICE = 'unknown';

export function pathOf(arg: Fact<string> | undefined, state: ScriptState): Fact<string> {
  if (arg === undefined) return unknown('malformed', 'a command without its file');
  return arg.known ? known(absolute(arg.value, state)) : arg;
}
