import { type Fact, known, unknown } from '../../../model/fact.ts';
import { evaluateCondition } from './condition.ts';
import { assign, expand } from './expand-word.ts';
import type { GrubFiles } from './grub-files.ts';
import { load, otherCommand, search } from './loading-commands.ts';
import { addEntry, loadEnvironment } from './menu-commands.ts';
import type { Statement, Word } from './script.ts';
import {
  absolute,
  copyState,
  gap,
  type MenuEntry,
  mergeStates,
  pathOf,
  positional,
  type ScriptState,
  setPositional,
} from './script-state.ts';

const STEPS_MAX = 50_000;
const SOURCES_MAX = 16;
const CALLS_MAX = 32;
const SUCCESS = known(true);

/**
 * Runs a script as GRUB does, as far as that is possible without the machine's firmware. Where a condition is unknown,
 * both branches run, and everything in which their results differ becomes unknown.
 */
export function runScript(statements: readonly Statement[], state: ScriptState, files: GrubFiles): void {
  let steps = 0;
  let sources = 0;
  runList(statements, state, 0);

  /** Returns the status of the last command. */
  function runList(list: readonly Statement[], state: ScriptState, depth: number): Fact<boolean> {
    let status: Fact<boolean> = SUCCESS;
    for (const statement of list) {
      if (state.configfile !== null || state.ended !== null) return status;
      if (++steps > STEPS_MAX) {
        gap(state, statement.line, 'the script is too long');
        return status;
      }
      status = run(statement, state, depth);
      if (status === RETURNED) return status;
    }
    return status;
  }

  function run(statement: Statement, state: ScriptState, depth: number): Fact<boolean> {
    switch (statement.kind) {
      case 'function':
        state.functions.set(statement.name, statement.body);
        return SUCCESS;
      case 'loop':
        return either(statement.body, [], statement.line, 'how often a loop runs', state, depth);
      case 'if':
        return runIf(statement, 0, state, depth);
      case 'command':
        return runCommand(statement, state, depth);
    }
  }

  function runIf(
    statement: Extract<Statement, { kind: 'if' }>,
    from: number,
    state: ScriptState,
    depth: number,
  ): Fact<boolean> {
    for (let at = from; at < statement.branches.length; at++) {
      const branch = statement.branches[at];
      if (branch === undefined) break;
      const status = runList(branch.condition, state, depth);
      if (status === RETURNED) return status;
      if (status.known && status.value) return runList(branch.body, state, depth);
      if (!status.known) {
        const rest = { ...statement, branches: statement.branches.slice(at + 1) };
        const after = rest.branches.length > 0 ? [rest] : statement.otherwise;
        return either(branch.body, after, statement.line, status.detail, state, depth);
      }
    }
    return runList(statement.otherwise, state, depth);
  }

  /** Runs both branches, each on its own copy of the state, and merges the results. */
  function either(
    one: readonly Statement[],
    other: readonly Statement[],
    line: number,
    why: string,
    state: ScriptState,
    depth: number,
  ): Fact<boolean> {
    const second = copyState(state);
    runList(one, state, depth);
    runList(other, second, depth);
    mergeStates(state, second, `line ${line}: ${why}`);
    return unknown('no-data', why);
  }

  function runCommand(
    statement: Extract<Statement, { kind: 'command' }>,
    state: ScriptState,
    depth: number,
  ): Fact<boolean> {
    const { line, block } = statement;
    const [command] = statement.words;
    const plain = plainTextOf(command);
    const status = WITHOUT_EFFECT.get(plain ?? '');
    if (plain !== null && status !== undefined && !state.functions.has(plain)) return status;
    if (command !== undefined && assign(command, state)) return SUCCESS;
    const [first, ...args] = statement.words.flatMap((word) => expand(word, state));
    if (first === undefined) return SUCCESS;
    if (!first.known) return gap(state, line, first.detail);
    const name = first.value;
    const body = state.functions.get(name);
    if (body !== undefined) return call(body, args, state, depth);
    switch (name) {
      case 'set':
        for (const word of statement.words.slice(1)) assign(word, state);
        return SUCCESS;
      case 'unset':
        for (const arg of args) if (arg.known) state.variables.delete(arg.value);
        return SUCCESS;
      case 'export':
        for (const arg of args) if (arg.known) state.exported.add(arg.value);
        return SUCCESS;
      case '[':
        return evaluateCondition(args.slice(0, -1), (test, path) => files.test(test, absolute(path, state)));
      case 'test':
        return evaluateCondition(args, (test, path) => files.test(test, absolute(path, state)));
      case 'true':
        return SUCCESS;
      case 'false':
        return known(false);
      case 'return':
        return RETURNED;
      case 'load_env':
        return loadEnvironment(args, state, files);
      case 'source':
      case '.':
        return source(args[0], line, state, depth);
      case 'configfile':
        state.configfile = pathOf(args[0], state);
        return SUCCESS;
      case 'menuentry':
      case 'submenu':
        return addEntry(name, args, block ?? [], line, state);
      case 'search':
      case 'search.fs_uuid':
      case 'search.fs_label':
      case 'search.file':
        return search(name, args, state);
      case 'exit':
      case 'normal_exit':
      case 'halt':
      case 'reboot':
      case 'fwsetup':
        state.ended = name;
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
        state.doubtfulFrom ??= state.menu.length;
        return gap(state, line, `${name} is not followed`);
      default:
        return load(name, args, state) ?? otherCommand(name, args, state);
    }
  }

  function call(
    body: readonly Statement[],
    args: readonly Fact<string>[],
    state: ScriptState,
    depth: number,
  ): Fact<boolean> {
    if (depth > CALLS_MAX) return unknown('malformed', 'functions that call each other without end');
    const kept = positional(state);
    setPositional(state, args);
    const status = runList(body, state, depth + 1);
    setPositional(state, kept);
    return status === RETURNED ? unknown('no-data', 'what a function returns') : status;
  }

  function source(
    arg: Fact<string> | undefined,
    line: number,
    state: ScriptState,
    depth: number,
  ): Fact<boolean> {
    const path = pathOf(arg, state);
    const script = path.known ? files.script(path.value) : path;
    if (!script.known) {
      // GRUB skips a file that does not exist.
      if (script.code === 'missing') return known(false);
      state.doubtfulFrom ??= state.menu.length;
      return gap(state, line, script.detail);
    }
    if (++sources > SOURCES_MAX || depth > CALLS_MAX)
      return gap(state, line, 'files that include each other without end');
    return runList(script.value, state, depth + 1);
  }
}

/** The most frequent commands of a menu. They change nothing that decides what boots. The value is their status. */
const WITHOUT_EFFECT: ReadonlyMap<string, Fact<boolean>> = new Map(
  ['insmod', 'echo'].map((name) => [name, unknown('no-data', `whether ${name} succeeds`)]),
);

function plainTextOf(word: Word | undefined): string | null {
  const [only] = word ?? [];
  return word?.length === 1 && only?.kind === 'text' ? only.text : null;
}

const RETURNED: Fact<boolean> = unknown('no-data', 'returned');

/** Runs the body of an entry on a copy of the state of its menu, and returns the copy. */
export function runEntry(entry: MenuEntry, menu: ScriptState, files: GrubFiles): ScriptState {
  const state = { ...copyState(menu), menu: [], doubtfulFrom: null, gaps: [], loaded: null };
  setPositional(state, entry.words);
  runScript(entry.body, state, files);
  return state;
}
