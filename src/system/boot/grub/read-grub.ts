import { dirname } from 'node:path';
import type { EntryTarget, Loader, LoaderChoice, LoaderEntry, LoaderFile } from '../../../model/boot.ts';
import { chainFact, type Fact, known, mapFact, unknown } from '../../../model/fact.ts';
import type { Root } from '../../root.ts';
import { loaderOfProgram } from '../loader-of-program.ts';
import { type FilesystemName, fileOnFilesystem, mountPointOf, type Places } from '../places.ts';
import { readEnvironmentBlock } from './environment-block.ts';
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
import { type GrubFiles, runEntry } from './run-script.ts';
import { parseScript, ScriptError, type Statement } from './script.ts';
import { type Loaded, type MenuEntry, newState, OWN_DEVICE, type ScriptState } from './script-state.ts';

const SCRIPT_MAX = 4 * 1024 * 1024;
const ENTRIES_MAX = 500;
const DEPTH_MAX = 8;

/** What GRUB's configuration at this path says: its entries, and which one starts by itself. null: there is none. */
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

interface Reading {
  readonly root: Root;
  readonly places: Places;
  readonly config: string;
  /** When each file that was read was written. */
  readonly times: number[];
  /** The text of each script, and each environment block, that was read. */
  readonly texts: string[];
  readonly blocks: ReadonlyMap<string, string>[];
  /** What each path of GRUB's is in this root: a menu names the same files again and again. */
  readonly found: Map<string, Fact<string>>;
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

/** What stands for a value, to see whether it decides. */
const MARK = '\u0001aufswatch';

/** Is there an environment block, and does a script take the default from this variable of it? */
function takesFrom({ texts, blocks }: Reading, name: string): boolean {
  const taken = new RegExp(`default="?\\$\\{?${name}\\b`);
  return blocks.length > 0 && texts.some((text) => taken.test(text));
}

/** Is what stands for this variable in the environment block what the menu takes its default from? */
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

/** The environment block when what is set for one time is used up. */
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

/** The entries of the menu and of its submenus. `ids` has each by its place. */
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

/** Does the id lead to this entry, and not to one before it or, as a number, to another place? */
function isReachable(menu: readonly MenuEntry[], index: number): boolean {
  const id = menu[index]?.id ?? '';
  if (id === '' || !Number.isNaN(leadingNumber(id))) return false;
  return menu.findIndex((entry) => entry.title === id || entry.id === id) === index;
}

function targetOf(entry: MenuEntry, menu: ScriptState, files: GrubFiles, read: Reading): EntryTarget {
  const state = runEntry(entry, menu, files);
  if (state.configfile !== null)
    return { what: 'unknown', why: 'it leads to another configuration, which is not followed' };
  if (state.loaded !== null) return loadedTarget(state.loaded, read);
  if (state.ended !== null) return { what: 'other', name: state.ended };
  const [gap] = state.gaps;
  return gap === undefined ? { what: 'other', name: entry.title } : { what: 'unknown', why: gap };
}

function loadedTarget(loaded: Loaded, read: Reading): EntryTarget {
  switch (loaded.what) {
    case 'linux': {
      if (!loaded.image.known) return { what: 'unknown', why: loaded.image.detail };
      const unread = loaded.initrds.find((path) => !path.known);
      return {
        what: 'kernel',
        image: fileOf(read, loaded.image.value),
        commandLine: loaded.commandLine,
        initrds: [
          ...loaded.initrds.flatMap((path) => (path.known ? [fileOf(read, path.value)] : [])),
          ...(unread === undefined || unread.known ? [] : [{ written: '', path: unread }]),
        ],
      };
    }
    case 'chainloader': {
      if (!loaded.program.known) return { what: 'unknown', why: loaded.program.detail };
      const program = fileOf(read, loaded.program.value);
      // `+1` is the boot sector of a partition.
      if (/\)\/?\+\d+$/.test(loaded.program.value)) return { what: 'other', name: 'another boot sector' };
      return loaderOfProgram(read.root, program);
    }
    case 'multiboot':
      return { what: 'other', name: 'a multiboot program' };
  }
}

function fileOf(read: Reading, path: string): LoaderFile {
  return { written: path.replace(/^\([^)]*\)/, ''), path: resolveIn(read, path) };
}

function rootPathOf(read: Reading, path: string): string | null {
  const found = resolveIn(read, path);
  return found.known ? found.value : null;
}

/** `(DEVICE)/path` as a path of the root. */
function resolveIn({ root, places, config, found }: Reading, path: string): Fact<string> {
  const before = found.get(path);
  if (before !== undefined) return before;
  const resolved = resolveNow({ root, places, config }, path);
  found.set(path, resolved);
  return resolved;
}

function resolveNow(
  { root, places, config }: Pick<Reading, 'root' | 'places' | 'config'>,
  path: string,
): Fact<string> {
  const match = /^\(([^)]*)\)(.*)$/s.exec(path);
  if (match === null) return unknown('malformed', `${path} names no file`);
  return fileOnFilesystem(root, places, filesystemName(match[1] ?? '', config), match[2] ?? '');
}

function filesystemName(device: string, config: string): FilesystemName {
  if (device === OWN_DEVICE) return { of: 'file', path: config };
  const [kind, ...rest] = device.split('=');
  const value = rest.join('=');
  return (kind === 'uuid' || kind === 'label') && value !== '' ? { of: kind, value } : { of: 'nothing' };
}

/** A script of which GRUB would say that it has a mistake is no script. */
function parsed(file: string, text: string): Fact<readonly Statement[]> {
  try {
    return known(parseScript(text));
  } catch (error) {
    if (!(error instanceof ScriptError)) throw error;
    return unknown('malformed', `${file}: ${error.message}`);
  }
}

function filesOf(read: Reading): GrubFiles {
  const { root, times, texts, blocks } = read;
  // The menu is run several times, to see what decides.
  const scripts = new Map<string, Fact<readonly Statement[]>>();
  const note = (path: string): void => {
    const stat = root.stat(path);
    if (stat.known) times.push(stat.value.mtime);
  };
  return {
    script: (path) => {
      const before = scripts.get(path);
      if (before !== undefined) return before;
      const script = chainFact(resolveIn(read, path), (file) => {
        note(file);
        return chainFact(root.readText(file, SCRIPT_MAX), (text) => {
          texts.push(text);
          return parsed(file, text);
        });
      });
      scripts.set(path, script);
      return script;
    },
    test: (test, path) => {
      const file = resolveIn(read, path);
      if (!file.known) return file.code === 'missing' ? known(false) : file;
      return mapFact(root.stat(file.value), ({ type, size }) => {
        if (test === 'directory') return type === 'directory';
        if (test === 'file') return type === 'file';
        return test === 'exists' || size > 0;
      });
    },
    environment: (path) =>
      chainFact(resolveIn(read, path), (file) => {
        note(file);
        const block = readEnvironmentBlock(root, file);
        if (block.known) blocks.push(block.value);
        return block;
      }),
  };
}
