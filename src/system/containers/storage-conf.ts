import { parse, TomlError } from 'smol-toml';
import type { StorageConf } from '../../model/container-storage.ts';
import { type Fact, known, unknown } from '../../model/fact.ts';
import type { Root } from '../root.ts';

/** The first existing file counts: the administrator's, then the distribution's. */
const PATHS = ['/etc/containers/storage.conf', '/usr/share/containers/storage.conf'];
export const DEFAULT_GRAPH_ROOT = '/var/lib/containers/storage';

export interface StorageConfReading {
  readonly configuration: StorageConf;
  readonly graphRoot: string;
}

/** The drivers in storage.conf; unknown if it cannot be read or is no TOML: then neither program starts. */
export function readStorageConf(root: Root): Fact<StorageConfReading> {
  const path = PATHS.find((each) => root.stat(each).known);
  if (path === undefined) return known(reading(root, null, new Map(), new Map()));
  const text = root.readText(path);
  if (!text.known) return text;
  let document: unknown;
  try {
    document = parse(text.value);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    return unknown('malformed', `${path} is not valid TOML`);
  }
  const storage = tableIn(document, 'storage');
  return known(reading(root, path, storage, tableIn(Object.fromEntries(storage), 'options')));
}

function reading(
  root: Root,
  path: string | null,
  storage: ReadonlyMap<string, unknown>,
  options: ReadonlyMap<string, unknown>,
): StorageConfReading {
  // storage.options.overlay since 2019; before, one table had all options.
  const ofOverlay = tableIn(Object.fromEntries(options), 'overlay');
  const program = textIn(ofOverlay, 'mount_program') ?? textIn(options, 'mount_program');
  const graphRoot = textIn(storage, 'graphroot');
  return {
    configuration: {
      path,
      driver: textIn(storage, 'driver'),
      mountProgram: program === null ? null : { path: program, isThere: root.stat(program).known },
    },
    graphRoot: graphRoot?.startsWith('/') ? graphRoot : DEFAULT_GRAPH_ROOT,
  };
}

function tableIn(value: unknown, name: string): ReadonlyMap<string, unknown> {
  if (typeof value !== 'object' || value === null) return new Map();
  const table = new Map<string, unknown>(Object.entries(value)).get(name);
  return typeof table === 'object' && table !== null ? new Map(Object.entries(table)) : new Map();
}

/** A text of one line, without control characters: neither a driver nor a path has any. */
function textIn(table: ReadonlyMap<string, unknown>, name: string): string | null {
  const value = table.get(name);
  return typeof value === 'string' && value !== '' && !/\p{Cc}/u.test(value) ? value : null;
}
