import { chainFact, type Fact, known, unknown } from '../../model/fact.ts';
import { MIB } from '../open-file.ts';
import type { Root } from '../root.ts';

const LIMIT = 16 * MIB;
const PREFIX = 'alias symbol:';

/**
 * The module of a release that exports each wanted symbol: depmod writes `alias symbol:NAME MODULE` into
 * modules.symbols. That file has no CRC, license or namespace.
 */
export function readModuleSymbols(
  root: Root,
  release: string,
  wanted: ReadonlySet<string>,
): Fact<ReadonlyMap<string, string>> {
  const path = `/lib/modules/${release}/modules.symbols`;
  return chainFact(root.readText(path, LIMIT), (text) => parseModuleSymbols(path, text, wanted));
}

/** `malformed` if no line has that form. */
export function parseModuleSymbols(
  path: string,
  text: string,
  wanted: ReadonlySet<string>,
): Fact<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  let isOne = text === '';
  for (const line of text.split('\n')) {
    if (line.startsWith('#')) isOne = true;
    if (!line.startsWith(PREFIX)) continue;
    isOne = true;
    const [symbol = '', module = ''] = line.slice(PREFIX.length).split(' ');
    if (module !== '' && wanted.has(symbol) && !found.has(symbol)) found.set(symbol, module);
  }
  return isOne ? known(found) : unknown('malformed', `${path} has no symbols`);
}
