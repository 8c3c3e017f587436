import { DOCKERD_OPTIONS, type DockerdOption } from '../../model/docker-options.ts';

/** An option on dockerd's command line. */
export interface OptionWord {
  /** As `storage-driver`, also for `-s`; of one that no version has what stands there, without its dashes. */
  readonly name: string;
  /** null: it takes none, or none follows. */
  readonly value: string | null;
}

/** Words that are no option of any version are looked at only in this form: what a shell left over is none. */
const UNKNOWN = /^--([a-z][a-z0-9-]{0,63})(?:=|$)/;

/**
 * The options among the arguments of dockerd, without the program itself, by the rules of its parser (Go's pflag):
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
  // Its value would be the next word, if it takes one: that one is no option then, or looks like none.
  return unknown === undefined ? [] : [{ option, name: unknown, value: null }];
}

/** Letters of flags may stand together; the first that takes a value has the rest of the word. */
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
