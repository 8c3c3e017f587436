import { chainFact, type Fact, known, mapFact, unknown } from '../../../model/fact.ts';
import type { Root } from '../../root.ts';
import { type FilesystemName, fileOnFilesystem, type Places } from '../places.ts';
import type { FileTest } from './condition.ts';
import { readEnvironmentBlock } from './environment-block.ts';
import { parseScript } from './parse-script.ts';
import { ScriptError, type Statement } from './script.ts';
import { OWN_DEVICE } from './script-state.ts';

/** The files that a script reads. Paths are those of GRUB: `(DEVICE)/path`. */
export interface GrubFiles {
  /** The syntax tree of a script; `malformed`: GRUB would refuse it. */
  script(path: string): Fact<readonly Statement[]>;
  test(test: FileTest, path: string): Fact<boolean>;
  /** The variables of an environment block. */
  environment(path: string): Fact<ReadonlyMap<string, string>>;
}

export interface Reading {
  readonly root: Root;
  readonly places: Places;
  readonly config: string;
  /** mtime of each file that was read, ms. */
  readonly times: number[];
  /** The text of each script that was read, and below each environment block. */
  readonly texts: string[];
  readonly blocks: ReadonlyMap<string, string>[];
  /** Path of GRUB → path of the root. A menu names the same files again and again. */
  readonly found: Map<string, Fact<string>>;
}

const SCRIPT_MAX = 4 * 1024 * 1024;

/** Converts `(DEVICE)/path` to a path of the root. */
export function resolveIn({ root, places, config, found }: Reading, path: string): Fact<string> {
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

function parsed(file: string, text: string): Fact<readonly Statement[]> {
  try {
    return known(parseScript(text));
  } catch (error) {
    if (!(error instanceof ScriptError)) throw error;
    return unknown('malformed', `${file}: ${error.message}`);
  }
}

/** Files of the root. Each script is parsed once: the menu is run several times, to find out which variable decides. */
export function filesOf(read: Reading): GrubFiles {
  const { root, times, texts, blocks } = read;
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
