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
    const plain = plainTextOf(command);
    const status = WITHOUT_EFFECT.get(plain ?? '');
    if (plain !== null && status !== undefined && !now.functions.has(plain)) return status;
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
        return loadEnvironment(args, now, files);
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
}

/** Most commands of a menu. They change nothing that decides what boots; the value is their status. */
const WITHOUT_EFFECT: ReadonlyMap<string, Fact<boolean>> = new Map(
  ['insmod', 'echo'].map((name) => [name, unknown('no-data', `whether ${name} succeeds`)]),
);

function plainTextOf(word: Word | undefined): string | null {
  const [only] = word ?? [];
  return word?.length === 1 && only?.kind === 'text' ? only.text : null;
}

const RETURNED: Fact<boolean> = unknown('no-data', 'returned');

/** What the body of an entry leads to. The state is that of the menu that it stands in, and is left as it was. */
export function runEntry(entry: MenuEntry, menu: ScriptState, files: GrubFiles): ScriptState {
  const state = { ...copyState(menu), menu: [], doubtfulFrom: null, gaps: [], loaded: null };
  setPositional(state, entry.words);
  runScript(entry.body, state, files);
  return state;
}
