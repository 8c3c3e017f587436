import { DOCKERD_OPTIONS, type DockerdOption } from '../../model/docker-options.ts';

/** An option on dockerd's command line. */
export interface OptionWord {
  /** The long name, as `storage-driver` for `-s`; for an unknown option its text without the dashes. */
  readonly name: string;
  /** null: the option takes no value, or none follows. */
  readonly value: string | null;
}

/** Only words of this form count as unknown options, not the leftovers of a shell. */
const UNKNOWN = /^--([a-z][a-z0-9-]{0,63})(?:=|$)/;

/**
 * Parses the arguments of dockerd, without the program itself, by the rules of its parser (Go's pflag):
 * `--name=value`, `--name value`, `-s value`, `-svalue`, `-s=value`, `-Ds value`.
 */
export function commandLine(words: readonly string[]): OptionWord[] {
  const found: OptionWord[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    if (word === '--') break;
    const options = word.startsWith('--') ? longOption(word) : letters(word);
    for (const { option, name, value } of options) {
      const wantsNext = option !== null && option.kind !== 'flag' && value === null;
      found.push({ name, value: wantsNext ? (words[++at] ?? null) : value });
    }
  }
  return found;
}

interface Found {
  readonly option: DockerdOption | null;
  readonly name: string;
  readonly value: string | null;
}

function longOption(word: string): Found[] {
  const equals = word.indexOf('=');
  const name = equals < 0 ? word.slice(2) : word.slice(2, equals);
  const option = DOCKERD_OPTIONS.find((each) => each.name === name) ?? null;
  const value = equals < 0 ? null : word.slice(equals + 1);
  if (option !== null) return [{ option, name, value }];
  const unknown = UNKNOWN.exec(word)?.[1];
  // Whether the next word is its value is unknown, and does not matter: that word is parsed as usual.
  return unknown === undefined ? [] : [{ option, name: unknown, value: null }];
}

/** Parses one-letter flags that share a word. The first that takes a value gets the rest of the word. */
function letters(word: string): Found[] {
  if (!word.startsWith('-')) return [];
  const found: Found[] = [];
  for (let at = 1; at < word.length; at++) {
    const option = DOCKERD_OPTIONS.find((each) => each.letter === word[at]);
    if (option === undefined) return found;
    const { name } = option;
    const rest = word.slice(at + 1);
    if (option.kind === 'flag' && !rest.startsWith('=')) {
      found.push({ option, name, value: null });
      continue;
    }
    found.push({ option, name, value: rest === '' ? null : rest.replace(/^=/, '') });
    return found;
  }
  return found;
}
