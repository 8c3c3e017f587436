import { parseAssignments, splitWords } from '../shell-assignments.ts';

/** A unit file or drop-in, with its path. */
export interface UnitText {
  readonly path: string;
  readonly text: string;
}

/** How systemd starts the service. */
export interface ServiceCommand {
  /** The arguments in ExecStart, variables replaced. */
  readonly args: readonly string[];
  /** The file with the ExecStart that takes effect. */
  readonly path: string;
  readonly environment: ReadonlyMap<string, string>;
}

/**
 * Merges unit file and drop-ins in the given order, as systemd.unit(5) and systemd.service(5) say: lists grow, an empty
 * assignment clears them. `readFile` returns the text of an EnvironmentFile, null if it cannot be read. Returns null
 * without ExecStart.
 */
export function serviceCommand(
  texts: readonly UnitText[],
  readFile: (path: string) => string | null,
): ServiceCommand | null {
  let start: { line: string; path: string } | null = null;
  const environment = new Map<string, string>();
  const environmentFiles: string[] = [];
  for (const { path, text } of texts) {
    for (const { key, value } of serviceSettings(text)) {
      if (key === 'ExecStart') {
        if (value === '') start = null;
        else if (start === null) start = { line: value, path };
      } else if (key === 'Environment') {
        if (value === '') environment.clear();
        else setVariables(environment, variablesOf(value));
      } else if (key === 'EnvironmentFile') {
        if (value === '') environmentFiles.length = 0;
        else environmentFiles.push(value);
      }
    }
  }
  if (start === null) return null;
  for (const file of environmentFiles.slice(0, ENVIRONMENT_FILES_MAX)) {
    const text = readFile(file.replace(/^-/, ''));
    if (text !== null) setVariables(environment, parseAssignments(text));
  }
  return { args: commandArgs(start.line, environment), path: start.path, environment };
}

const ENVIRONMENT_FILES_MAX = 16;
/** Keeps a unit from expanding `${A}${A}…` to gigabytes. */
const EXPANSIONS_MAX = 64;

interface Setting {
  readonly key: string;
  readonly value: string;
}

/** The settings of the section [Service], in order; systemd.syntax(7). */
export function serviceSettings(text: string): Setting[] {
  const settings: Setting[] = [];
  let section = '';
  let pending: string[] = [];
  for (const raw of text.split('\n')) {
    const line = raw.trim();
    // Comments are removed between continued lines, too.
    if (line.startsWith('#') || line.startsWith(';')) continue;
    if (line.endsWith('\\')) {
      pending.push(line.slice(0, -1));
      continue;
    }
    const whole = [...pending, line].join(' ').trim();
    pending = [];
    if (whole.startsWith('[') && whole.endsWith(']')) section = whole.slice(1, -1);
    const equals = whole.indexOf('=');
    if (section !== 'Service' || equals <= 0) continue;
    settings.push({ key: whole.slice(0, equals).trim(), value: whole.slice(equals + 1).trim() });
  }
  return settings;
}

function setVariables(environment: Map<string, string>, variables: Iterable<[string, string]>): void {
  for (const [name, value] of variables) environment.set(name, value);
}

function variablesOf(value: string): [string, string][] {
  return splitWords(value).flatMap((word): [string, string][] => {
    const equals = word.indexOf('=');
    return equals > 0 ? [[word.slice(0, equals), word.slice(equals + 1)]] : [];
  });
}

/** `$NAME` as a word of its own becomes the words of its value, `${NAME}` is replaced in place. */
function commandArgs(line: string, environment: ReadonlyMap<string, string>): string[] {
  const [program = '', ...words] = splitWords(line);
  let expansions = 0;
  const expand = (name: string): string =>
    expansions++ < EXPANSIONS_MAX ? (environment.get(name) ?? '') : '';
  // `@/usr/bin/dockerd dockerd -H …`: the second word is argv[0].
  const args = /^[-+!:|]*@/.test(program) ? words.slice(1) : words;
  return args.flatMap((word) => {
    const whole = /^\$([A-Za-z_][A-Za-z0-9_]*)$/.exec(word)?.[1];
    if (whole !== undefined) return splitWords(expand(whole));
    return [word.replace(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (_, name: string) => expand(name))];
  });
}
