import { dirname } from 'node:path';
import type { Loader, LoaderChoice, LoaderEntry } from '../../../model/boot.ts';
import { chainFact, type Fact, known, unknown } from '../../../model/fact.ts';
import type { Root } from '../../root.ts';
import { mountPointOf, type Places } from '../places.ts';
import { targetOf } from './entry-target.ts';
import { filesOf, type GrubFiles, type Reading, resolveIn } from './grub-files.ts';
import {
  chooseEntry,
  type EntryPath,
  escapeName,
  type GrubMenu,
  leadingNumber,
  openSubmenu,
  runConfiguration,
  withEnvironment,
} from './menu-choice.ts';
import { type MenuEntry, newState, OWN_DEVICE, type ScriptState } from './script-state.ts';

const ENTRIES_MAX = 500;
const DEPTH_MAX = 8;

/** Reads the GRUB configuration at this path: its entries, and the one that starts by default. null: no such file. */
export function readGrub(root: Root, places: Places, config: string): Loader | null {
  const stat = root.stat(config);
  if (!stat.known && stat.code === 'missing') return null;
  const times = stat.known ? [stat.value.mtime] : [];
  const read: Reading = { root, places, config, times, texts: [], blocks: [], found: new Map() };
  const files = filesOf(read);
  const menu = runMenu(read, files);
  if (!menu.known) return { ...nothing(config, menu), changedAt: newest(read.times) };
  const { entries, ids } = flatten(menu.value, files, read);
  const toChoice = (path: Fact<EntryPath>, by: LoaderChoice['by']): Fact<LoaderChoice> =>
    chainFact(path, (value): Fact<LoaderChoice> => {
      const entry = ids.get(value.join('>'));
      return entry === undefined
        ? unknown('malformed', `${config} has too many entries`)
        : known({ entry, by });
    });
  const by = reasonOf(menu.value, read, files);
  const next = toChoice(chooseEntry(menu.value, files), by);
  return {
    kind: 'grub',
    config: rootPathOf(read, menu.value.path) ?? config,
    changedAt: newest(read.times),
    entries,
    next,
    standing: by === 'one-shot' ? standingChoice(read, files, toChoice) : next,
    gaps: menu.value.state.gaps,
    canSet: {
      once: takesFrom(read, 'next_entry'),
      standing: takesFrom(read, 'saved_entry'),
    },
  };
}

function nothing(config: string, why: Extract<Fact<never>, { known: false }>): Loader {
  const canSet = { once: false, standing: false };
  return {
    kind: 'grub',
    config,
    changedAt: null,
    entries: [],
    next: why,
    standing: why,
    gaps: [why.detail],
    canSet,
  };
}

function newest(times: readonly number[]): number | null {
  return times.length === 0 ? null : Math.max(...times);
}

function runMenu({ config, places }: Reading, files: GrubFiles): Fact<GrubMenu> {
  const point = mountPointOf(places, config);
  const inside = point === '/' ? config : config.slice(point.length);
  const path = `(${OWN_DEVICE})${inside}`;
  return runConfiguration(path, newState(dirname(path)), files);
}

/** A value that no configuration has. A variable decides if `default` becomes this value. */
const MARK = '\u0001aufswatch';

/** Is there an environment block, and does a script set `default` from this variable of it? */
function takesFrom({ texts, blocks }: Reading, name: string): boolean {
  const taken = new RegExp(`default="?\\$\\{?${name}\\b`);
  return blocks.length > 0 && texts.some((text) => taken.test(text));
}

/** Does the value of this variable in the environment block become the default of the menu? */
function decidesBy(read: Reading, files: GrubFiles, name: string): boolean {
  if (!read.blocks.some((block) => (block.get(name) ?? '') !== '')) return false;
  const marked = runMenu(
    read,
    withEnvironment(files, (block) =>
      (block.get(name) ?? '') === '' ? block : new Map(block).set(name, MARK),
    ),
  );
  const value = marked.known ? marked.value.state.variables.get('default') : undefined;
  return value?.known === true && value.value === MARK;
}

function reasonOf(menu: GrubMenu, read: Reading, files: GrubFiles): LoaderChoice['by'] {
  const decides = (name: string): boolean => decidesBy(read, files, name);
  if (decides('next_entry') || decides('prev_saved_entry')) return 'one-shot';
  if (decides('saved_entry')) return 'saved';
  const value = menu.state.variables.get('default');
  return value === undefined || (value.known && (value.value === '' || value.value === '0'))
    ? 'first'
    : 'default';
}

/** The same files, with the environment block as it is after the next boot: the one-time choice is used up. */
function afterOnce(files: GrubFiles): GrubFiles {
  return withEnvironment(files, (block) => {
    const after = new Map(block);
    const before = after.get('prev_saved_entry');
    if (before !== undefined && before !== '') after.set('saved_entry', before);
    after.delete('next_entry');
    after.delete('prev_saved_entry');
    return after;
  });
}

function standingChoice(
  read: Reading,
  files: GrubFiles,
  toChoice: (path: Fact<EntryPath>, by: LoaderChoice['by']) => Fact<LoaderChoice>,
): Fact<LoaderChoice> {
  const later = afterOnce(files);
  const menu = runMenu(read, later);
  if (!menu.known) return menu;
  return toChoice(chooseEntry(menu.value, later), reasonOf(menu.value, read, later));
}

/** The entries of the menu and of its submenus. `ids`: EntryPath, joined by `>` → id. */
function flatten(
  menu: GrubMenu,
  files: GrubFiles,
  read: Reading,
): { entries: LoaderEntry[]; ids: Map<string, string> } {
  const entries: LoaderEntry[] = [];
  const ids = new Map<string, string>();
  const used = new Set<string>();
  visit(menu.state, [], [], 0);
  return { entries, ids };

  function visit(state: ScriptState, names: readonly string[], path: EntryPath, depth: number): void {
    for (const [index, entry] of state.menu.entries()) {
      if (entries.length >= ENTRIES_MAX || depth > DEPTH_MAX) return;
      const place = [...path, index];
      const here = [...names, isReachable(state.menu, index) ? escapeName(entry.id) : String(index)];
      if (entry.kind === 'submenu') {
        visit(openSubmenu(entry, state, files), here, place, depth + 1);
        continue;
      }
      const id = used.has(here.join('>')) ? place.join('>') : here.join('>');
      used.add(id);
      ids.set(place.join('>'), id);
      entries.push({ id, title: entry.title, starts: targetOf(entry, state, files, read) });
    }
  }
}

/** Does GRUB find this entry by its id? Not if an earlier entry has the same id, or if the id reads as a number. */
function isReachable(menu: readonly MenuEntry[], index: number): boolean {
  const id = menu[index]?.id ?? '';
  if (id === '' || !Number.isNaN(leadingNumber(id))) return false;
  return menu.findIndex((entry) => entry.title === id || entry.id === id) === index;
}

function rootPathOf(read: Reading, path: string): string | null {
  const found = resolveIn(read, path);
  return found.known ? found.value : null;
}
