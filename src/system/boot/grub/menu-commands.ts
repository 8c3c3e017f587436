import { type Fact, known, mapFact } from '../../../model/fact.ts';
import type { GrubFiles } from './grub-files.ts';
import type { Statement } from './script.ts';
import { absolute, gap, type MenuEntry, type ScriptState } from './script-state.ts';

/** Executes `menuentry` and `submenu`: adds an entry to the menu. */
export function addEntry(
  kind: MenuEntry['kind'],
  args: readonly Fact<string>[],
  body: readonly Statement[],
  line: number,
  state: ScriptState,
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
  if (title === undefined) return gap(state, line, 'a menu entry without a title');
  const shown = title.known ? title.value : `an entry of ${title.detail}`;
  const name = id === null ? shown : id.known ? id.value : shown;
  if (!title.known || id?.known === false) gap(state, line, 'the name of a menu entry');
  state.menu.push({ kind, title: shown, id: name, line, body, words });
  return known(true);
}

/** The variables that grub-reboot and grub-set-default write. */
const CHOICE_VARIABLES = ['next_entry', 'saved_entry', 'prev_saved_entry'];

/** Executes `load_env --file FILE NAME …`: sets the variables of an environment block, all or those named. */
export function loadEnvironment(
  args: readonly Fact<string>[],
  state: ScriptState,
  files: GrubFiles,
): Fact<boolean> {
  const rest = args.flatMap((arg) => (arg.known ? [arg.value] : []));
  let file: string | null = null;
  const names: string[] = [];
  for (let at = 0; at < rest.length; at++) {
    const word = rest[at] ?? '';
    if (word === '--file' || word === '-f') file = rest[++at] ?? '';
    else if (word.startsWith('--file=')) file = word.slice('--file='.length);
    else if (!word.startsWith('-')) names.push(word);
  }
  const prefix = state.variables.get('prefix') ?? known('');
  const path = file === null ? mapFact(prefix, (place) => `${place}/grubenv`) : known(absolute(file, state));
  const block = path.known ? files.environment(path.value) : path;
  if (!block.known) {
    if (block.code === 'missing') return known(false);
    // The block cannot be read, so the variables that it would set are unknown.
    for (const name of names.length > 0 ? names : CHOICE_VARIABLES) state.variables.set(name, block);
    return block;
  }
  for (const [name, value] of block.value)
    if (names.length === 0 || names.includes(name)) state.variables.set(name, known(value));
  return known(true);
}
