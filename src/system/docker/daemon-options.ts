/** What dockerd's command line says of storage; null: nothing. */
export interface DaemonOptions {
  readonly driver: string | null;
  readonly dataRoot: string | null;
  /** Another file in place of /etc/docker/daemon.json. */
  readonly configFile: string | null;
}

/** Short options of dockerd that take a value; the others (-D, -v) do not. */
const SHORT_WITH_VALUE = new Set(['b', 'g', 'G', 'H', 'l', 'p', 's']);
const LONG: Readonly<Record<string, keyof DaemonOptions>> = {
  'storage-driver': 'driver',
  'data-root': 'dataRoot',
  graph: 'dataRoot',
  'config-file': 'configFile',
};
const SHORT: Readonly<Record<string, keyof DaemonOptions>> = { s: 'driver', g: 'dataRoot' };

/**
 * Reads the arguments of dockerd, without the program itself, by the rules of its parser (Go's pflag):
 * `--name=value`, `--name value`, `-s value`, `-svalue`, `-s=value`; the last of a name counts.
 */
export function daemonOptions(words: readonly string[]): DaemonOptions {
  const found: Record<keyof DaemonOptions, string | null> = {
    driver: null,
    dataRoot: null,
    configFile: null,
  };
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    if (word === '--') break;
    const option = word.startsWith('--') ? longOption(word) : shortOption(word);
    if (option === null) continue;
    const value = option.value ?? words[++at] ?? null;
    if (option.name !== null && value !== null && value !== '') found[option.name] = value;
  }
  return found;
}

/** `name` null: an option of no interest here. `value` null: it is the next word. */
interface FoundOption {
  readonly name: keyof DaemonOptions | null;
  readonly value: string | null;
}

function longOption(word: string): FoundOption | null {
  const equals = word.indexOf('=');
  const name = LONG[equals < 0 ? word.slice(2) : word.slice(2, equals)];
  // Whether any other long option takes the next word is not known; a driver's name there would be strange.
  if (name === undefined) return null;
  return { name, value: equals < 0 ? null : word.slice(equals + 1) };
}

function shortOption(word: string): FoundOption | null {
  if (!word.startsWith('-')) return null;
  for (let at = 1; at < word.length; at++) {
    const letter = word[at] ?? '';
    if (!SHORT_WITH_VALUE.has(letter)) continue;
    const rest = word.slice(at + 1).replace(/^=/, '');
    return { name: SHORT[letter] ?? null, value: at + 1 < word.length ? rest : null };
  }
  return null;
}
