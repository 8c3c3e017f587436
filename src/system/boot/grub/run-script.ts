import { type Fact, known, mapFact, unknown } from '../../../model/fact.ts';
import { evaluateCondition, type FileTest } from './condition.ts';
import type { Statement, Word } from './script.ts';

/** The files that a script reads, by the path that GRUB would give: `(DEVICE)/path`. */
export interface GrubFiles {
  /** A script, parsed; `malformed`: it is none. */
  script(path: string): Fact<readonly Statement[]>;
  test(test: FileTest, path: string): Fact<boolean>;
  /** The variables of an environment block. */
  environment(path: string): Fact<ReadonlyMap<string, string>>;
}

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

const STEPS_MAX = 50_000;
const SOURCES_MAX = 16;
const CALLS_MAX = 32;
const GAPS_MAX = 20;
const SUCCESS = known(true);

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

/** What grub-reboot and grub-set-default write. */
const OF_ENVIRONMENT = ['next_entry', 'saved_entry', 'prev_saved_entry'];

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

/**
 * Runs a script as GRUB does, as far as that can be told without the machine's firmware. A condition that cannot be told
 * is followed both ways, and what comes of it differently is unknown.
 */
export function runScript(statements: readonly Statement[], state: ScriptState, files: GrubFiles): void {
  let steps = 0;
  let sources = 0;
  runList(statements, state, 0);

  /** The status of the last command. */
  function runList(list: readonly Statement[], now: ScriptState, depth: number): Fact<boolean> {
    let status: Fact<boolean> = SUCCESS;
    for (const statement of list) {
      if (now.configfile !== null || now.ended !== null) return status;
      if (++steps > STEPS_MAX) {
        gap(now, statement.line, 'the script is too long');
        return status;
      }
      status = run(statement, now, depth);
      if (status === RETURNED) return status;
    }
    return status;
  }

  function run(statement: Statement, now: ScriptState, depth: number): Fact<boolean> {
    switch (statement.kind) {
      case 'function':
        now.functions.set(statement.name, statement.body);
        return SUCCESS;
      case 'loop':
        return either(statement.body, [], statement.line, 'how often a loop runs', now, depth);
      case 'if':
        return runIf(statement, 0, now, depth);
      case 'command':
        return runCommand(statement, now, depth);
    }
  }

  function runIf(
    statement: Extract<Statement, { kind: 'if' }>,
    from: number,
    now: ScriptState,
    depth: number,
  ): Fact<boolean> {
    for (let at = from; at < statement.branches.length; at++) {
      const branch = statement.branches[at];
      if (branch === undefined) break;
      const status = runList(branch.condition, now, depth);
      if (status === RETURNED) return status;
      if (status.known && status.value) return runList(branch.body, now, depth);
      if (!status.known) {
        const rest = { ...statement, branches: statement.branches.slice(at + 1) };
        const after = rest.branches.length > 0 ? [rest] : statement.otherwise;
        return either(branch.body, after, statement.line, status.detail, now, depth);
      }
    }
    return runList(statement.otherwise, now, depth);
  }

  /** Both ways from here on; what they have in common holds. */
  function either(
    one: readonly Statement[],
    other: readonly Statement[],
    line: number,
    why: string,
    now: ScriptState,
    depth: number,
  ): Fact<boolean> {
    const second = copyState(now);
    runList(one, now, depth);
    runList(other, second, depth);
    mergeStates(now, second, `line ${line}: ${why}`);
    return unknown('no-data', why);
  }

  function runCommand(
    statement: Extract<Statement, { kind: 'command' }>,
    now: ScriptState,
    depth: number,
  ): Fact<boolean> {
    const { line, block } = statement;
    const [command] = statement.words;
    if (command !== undefined && assign(command, now)) return SUCCESS;
    const [first, ...args] = statement.words.flatMap((word) => expand(word, now));
    if (first === undefined) return SUCCESS;
    if (!first.known) return gap(now, line, first.detail);
    const name = first.value;
    const body = now.functions.get(name);
    if (body !== undefined) return call(body, args, now, depth);
    switch (name) {
      case 'set':
        for (const word of statement.words.slice(1)) assign(word, now);
        return SUCCESS;
      case 'unset':
        for (const arg of args) if (arg.known) now.variables.delete(arg.value);
        return SUCCESS;
      case 'export':
        for (const arg of args) if (arg.known) now.exported.add(arg.value);
        return SUCCESS;
      case '[':
        return evaluateCondition(args.slice(0, -1), (test, path) => files.test(test, absolute(path, now)));
      case 'test':
        return evaluateCondition(args, (test, path) => files.test(test, absolute(path, now)));
      case 'true':
        return SUCCESS;
      case 'false':
        return known(false);
      case 'return':
        return RETURNED;
      case 'load_env':
        return loadEnvironment(args, now);
      case 'source':
      case '.':
        return source(args[0], line, now, depth);
      case 'configfile':
        now.configfile = pathOf(args[0], now);
        return SUCCESS;
      case 'menuentry':
      case 'submenu':
        return addEntry(name, args, block ?? [], line, now);
      case 'search':
      case 'search.fs_uuid':
      case 'search.fs_label':
      case 'search.file':
        return search(name, args, now);
      case 'exit':
      case 'normal_exit':
      case 'halt':
      case 'reboot':
      case 'fwsetup':
        now.ended = name;
        return SUCCESS;
      case 'blscfg':
      case 'extract_entries_source':
      case 'extract_entries_configfile':
      case 'extract_legacy_entries_source':
      case 'legacy_configfile':
      case 'legacy_source':
      case 'syslinux_configfile':
      case 'syslinux_source':
      case 'normal':
      case 'eval':
        now.doubtfulFrom ??= now.menu.length;
        return gap(now, line, `${name} is not followed`);
      default:
        return load(name, args, now) ?? otherCommand(name, args, now);
    }
  }

  function call(
    body: readonly Statement[],
    args: readonly Fact<string>[],
    now: ScriptState,
    depth: number,
  ): Fact<boolean> {
    if (depth > CALLS_MAX) return unknown('malformed', 'functions that call each other without end');
    const kept = positional(now);
    setPositional(now, args);
    const status = runList(body, now, depth + 1);
    setPositional(now, kept);
    return status === RETURNED ? unknown('no-data', 'what a function returns') : status;
  }

  function source(
    arg: Fact<string> | undefined,
    line: number,
    now: ScriptState,
    depth: number,
  ): Fact<boolean> {
    const path = pathOf(arg, now);
    const script = path.known ? files.script(path.value) : path;
    if (!script.known) {
      // A file that is not there is passed over.
      if (script.code === 'missing') return known(false);
      now.doubtfulFrom ??= now.menu.length;
      return gap(now, line, script.detail);
    }
    if (++sources > SOURCES_MAX || depth > CALLS_MAX)
      return gap(now, line, 'files that include each other without end');
    return runList(script.value, now, depth + 1);
  }

  function loadEnvironment(args: readonly Fact<string>[], now: ScriptState): Fact<boolean> {
    const rest = args.flatMap((arg) => (arg.known ? [arg.value] : []));
    let file: string | null = null;
    const names: string[] = [];
    for (let at = 0; at < rest.length; at++) {
      const word = rest[at] ?? '';
      if (word === '--file' || word === '-f') file = rest[++at] ?? '';
      else if (word.startsWith('--file=')) file = word.slice('--file='.length);
      else if (!word.startsWith('-')) names.push(word);
    }
    const prefix = now.variables.get('prefix') ?? known('');
    const path = file === null ? mapFact(prefix, (place) => `${place}/grubenv`) : known(absolute(file, now));
    const block = path.known ? files.environment(path.value) : path;
    if (!block.known) {
      if (block.code === 'missing') return known(false);
      // What it would have set is not known.
      for (const name of names.length > 0 ? names : OF_ENVIRONMENT) now.variables.set(name, block);
      return block;
    }
    for (const [name, value] of block.value)
      if (names.length === 0 || names.includes(name)) now.variables.set(name, known(value));
    return SUCCESS;
  }

  function addEntry(
    kind: MenuEntry['kind'],
    args: readonly Fact<string>[],
    body: readonly Statement[],
    line: number,
    now: ScriptState,
  ): Fact<boolean> {
    const words: Fact<string>[] = [];
    let id: Fact<string> | null = null;
    for (let at = 0; at < args.length; at++) {
      const arg = args[at];
      if (arg === undefined) continue;
      const option = arg.known ? /^--(id|class|users|hotkey|source)(?:=(.*))?$/s.exec(arg.value) : null;
      if (option !== null) {
        const value = option[2] === undefined ? args[++at] : known(option[2]);
        if (option[1] === 'id') id = value ?? null;
      } else if (!(arg.known && arg.value === '--unrestricted')) words.push(arg);
    }
    const title = words[0];
    if (title === undefined) return gap(now, line, 'a menu entry without a title');
    const shown = title.known ? title.value : `an entry of ${title.detail}`;
    const name = id === null ? shown : id.known ? id.value : shown;
    if (!title.known || id?.known === false) gap(now, line, 'the name of a menu entry');
    now.menu.push({ kind, title: shown, id: name, line, body, words });
    return SUCCESS;
  }
}

const RETURNED: Fact<boolean> = unknown('no-data', 'returned');

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

/** What the body of an entry leads to. The state is that of the menu that it stands in, and is left as it was. */
export function runEntry(entry: MenuEntry, menu: ScriptState, files: GrubFiles): ScriptState {
  const state = { ...copyState(menu), menu: [], doubtfulFrom: null, gaps: [], loaded: null };
  setPositional(state, entry.words);
  runScript(entry.body, state, files);
  return state;
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
function mergeStates(one: ScriptState, other: ScriptState, why: string): void {
  for (const name of new Set([...one.variables.keys(), ...other.variables.keys()])) {
    const [left, right] = [one.variables.get(name), other.variables.get(name)];
    const same = left?.known && right?.known ? left.value === right.value : left === right;
    if (!same) one.variables.set(name, unknown('no-data', why));
  }
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
  if (!sameLoaded(one.loaded, other.loaded)) {
    const doubt = unknown('no-data', why);
    one.loaded = { what: 'linux', image: doubt, commandLine: doubt, initrds: [] };
  }
  if (JSON.stringify(one.configfile) !== JSON.stringify(other.configfile))
    one.configfile = unknown('no-data', why);
  // Where one way ends the loader, a menu may never come.
  if (one.ended !== other.ended) {
    one.ended = null;
    one.doubtfulFrom ??= 0;
    if (one.gaps.length < GAPS_MAX) one.gaps.push(why);
  }
}

function sameLoaded(one: Loaded | null, other: Loaded | null): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function gap(state: ScriptState, line: number, what: string): Fact<boolean> {
  if (state.gaps.length < GAPS_MAX) state.gaps.push(`line ${line}: ${what}`);
  return unknown('no-data', what);
}

/** What a word stands for: none where it is an unset variable without quotes, several where its value has blanks. */
function expand(word: Word, state: ScriptState): Fact<string>[] {
  const found: Fact<string>[] = [];
  let current: Fact<string> | null = null;
  const append = (text: Fact<string>): void => {
    if (current === null) current = text;
    else if (current.known) current = text.known ? known(current.value + text.value) : text;
  };
  for (const piece of word) {
    if (piece.kind === 'text') {
      append(known(piece.text));
      continue;
    }
    const values = valuesOf(piece.name, state);
    if (piece.quoted) {
      const texts = values.map((value) => (value.known ? value.value : null));
      append(
        texts.includes(null) ? (values.find((value) => !value.known) ?? known('')) : known(texts.join(' ')),
      );
      continue;
    }
    for (const [index, value] of values.entries()) {
      const parts = value.known ? value.value.split(/[ \t\n]+/) : [];
      if (index > 0) flush();
      if (!value.known) append(value);
      for (const [at, part] of parts.entries()) {
        if (at > 0) flush();
        if (part !== '') append(known(part));
      }
    }
  }
  flush();
  return found;

  function flush(): void {
    if (current !== null) found.push(current);
    current = null;
  }
}

function valuesOf(name: string, { variables }: ScriptState): readonly Fact<string>[] {
  if (name === '*' || name === '@') return positional({ variables });
  if (name === '#') return [known(String(positional({ variables }).length))];
  if (name === '?') return [unknown('no-data', 'the status of a command')];
  const value = variables.get(name);
  return value === undefined ? [known('')] : [value];
}

function positional({ variables }: Pick<ScriptState, 'variables'>): Fact<string>[] {
  const found: Fact<string>[] = [];
  for (let at = 1; ; at++) {
    const value = variables.get(String(at));
    if (value === undefined) return found;
    found.push(value);
  }
}

function setPositional(state: ScriptState, words: readonly Fact<string>[]): void {
  const count = positional(state).length;
  for (let at = 1; at <= count; at++) state.variables.delete(String(at));
  for (const [index, word] of words.entries()) state.variables.set(String(index + 1), word);
}

/** `NAME=VALUE`; false where the word is none. The name stands before the first piece that is replaced. */
function assign(word: Word, state: ScriptState): boolean {
  const [first, ...rest] = word;
  const match = first?.kind === 'text' ? /^([A-Za-z_]\w*)=(.*)$/s.exec(first.text) : null;
  if (match === null || first?.kind !== 'text') return false;
  const value = expand([{ ...first, text: match[2] ?? '' }, ...rest], state)[0] ?? known('');
  state.variables.set(match[1] ?? '', value);
  return true;
}

/** A path with its device: without one it is on `$root`. */
function absolute(path: string, state: ScriptState): string {
  if (path.startsWith('(')) return path;
  const root = state.variables.get('root');
  const device = root === undefined ? OWN_DEVICE : root.known ? root.value : UNKNOWN_DEVICE;
  return `(${device})${path.startsWith('/') ? '' : '/'}${path}`;
}

/** A device that GRUB finds and this program cannot. */
export const UNKNOWN_DEVICE = 'unknown';

function pathOf(arg: Fact<string> | undefined, state: ScriptState): Fact<string> {
  if (arg === undefined) return unknown('malformed', 'a command without its file');
  return arg.known ? known(absolute(arg.value, state)) : arg;
}

/** `search --fs-uuid --set=root UUID` and its like. Devices are remembered by what they were searched for. */
function search(name: string, args: readonly Fact<string>[], state: ScriptState): Fact<boolean> {
  let kind = { 'search.fs_uuid': 'uuid', 'search.fs_label': 'label', 'search.file': 'file' }[name] ?? null;
  let variable: string | null = null;
  const words: Fact<string>[] = [];
  for (let at = 0; at < args.length; at++) {
    const arg = args[at];
    if (arg === undefined) continue;
    const text = arg.known ? arg.value : '';
    const set = /^(?:--set|-s)(?:=(.*))?$/.exec(text);
    if (set !== null) {
      const next = args[at + 1];
      // `--set` may stand without a name where another option follows: then it is `root`.
      if (set[1] !== undefined) variable = set[1];
      else if (next?.known && /^[A-Za-z_]\w*$/.test(next.value) && args.length > at + 2) {
        variable = next.value;
        at++;
      } else variable = 'root';
    } else if (text === '--fs-uuid' || text === '-u') kind = 'uuid';
    else if (text === '--label' || text === '-l') kind = 'label';
    else if (text === '--file' || text === '-f') kind = 'file';
    else if (text === '--hint') at++;
    else if (!text.startsWith('-')) words.push(arg);
  }
  if (name !== 'search') {
    const second = words[1];
    variable = second?.known ? second.value : 'root';
  }
  if (variable === null) return unknown('no-data', 'whether a device is found');
  const what = words[0];
  const found =
    what?.known && kind !== null ? known(`${kind}=${what.value}`) : unknown('no-data', 'a device');
  state.variables.set(variable, found);
  // On a machine that boots, it is found.
  return SUCCESS;
}

function load(name: string, args: readonly Fact<string>[], state: ScriptState): Fact<boolean> | null {
  const [first, ...rest] = args.filter((arg) => !(arg.known && arg.value.startsWith('--')));
  if (/^linux(16|efi)?$/.test(name)) {
    const doubt = rest.find((arg) => !arg.known);
    state.loaded = {
      what: 'linux',
      image: pathOf(first, state),
      commandLine:
        doubt ??
        known(
          args
            .slice(1)
            .flatMap((arg) => (arg.known ? [arg.value] : []))
            .join(' '),
        ),
      initrds: [],
    };
    return SUCCESS;
  }
  if (/^initrd(16|efi)?$/.test(name) && state.loaded?.what === 'linux') {
    state.loaded = { ...state.loaded, initrds: args.map((arg) => pathOf(arg, state)) };
    return SUCCESS;
  }
  if (/^multiboot2?$/.test(name) || name === 'xen_hypervisor') {
    state.loaded = { what: 'multiboot', program: pathOf(first, state), modules: 0 };
    return SUCCESS;
  }
  if (/^module2?$/.test(name) || name === 'xen_module') return loadModule(first, rest, state);
  if (name === 'chainloader') {
    state.loaded = { what: 'chainloader', program: pathOf(first, state) };
    return SUCCESS;
  }
  return null;
}

/** Behind a hypervisor the first module is the kernel, the second its initramfs. */
function loadModule(
  first: Fact<string> | undefined,
  rest: readonly Fact<string>[],
  state: ScriptState,
): Fact<boolean> {
  const { loaded } = state;
  if (loaded?.what === 'multiboot') {
    const doubt = rest.find((arg) => !arg.known);
    const words = rest.flatMap((arg) => (arg.known ? [arg.value] : []));
    // `placeholder` stands for the name of the program.
    const line = (words[0] === 'placeholder' ? words.slice(1) : words).join(' ');
    state.loaded = {
      what: 'linux',
      image: pathOf(first, state),
      commandLine: doubt ?? known(line),
      initrds: [],
    };
  } else if (loaded?.what === 'linux') {
    state.loaded = { ...loaded, initrds: [...loaded.initrds, pathOf(first, state)] };
  }
  return SUCCESS;
}

/** Of a command that is not known here, what it may have set is not known. */
function otherCommand(name: string, args: readonly Fact<string>[], state: ScriptState): Fact<boolean> {
  for (const [at, arg] of args.entries()) {
    if (!arg.known) continue;
    const set = /^(?:--set|-s)(?:=(.*))?$/.exec(arg.value);
    const next = args[at + 1];
    const variable = set === null ? undefined : (set[1] ?? (next?.known ? next.value : undefined));
    const plain = variable?.replace(/^\d+:/, '');
    if (plain !== undefined) state.variables.set(plain, unknown('no-data', `what ${name} finds`));
  }
  if (name === 'read' || name === 'getline')
    for (const arg of args)
      if (arg.known) state.variables.set(arg.value, unknown('no-data', 'what is typed'));
  return unknown('no-data', `whether ${name} succeeds`);
}
