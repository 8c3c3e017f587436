/** A flag, as `--json`. */
export interface Flag {
  readonly kind: 'flag';
  readonly summary: string;
}

/** An option with a value, as `--out FILE`. */
export interface Valued<W extends Words = Words> {
  readonly kind: 'value';
  readonly summary: string;
  /** What the value is called in help and manual. */
  readonly value: string;
  readonly words: W;
}

/** An option with one or more values. It may be given several times. */
export interface List {
  readonly kind: 'list';
  readonly summary: string;
  readonly value: string;
  readonly words: Words;
}

/** The allowed words; or any word, of which completions offer some. */
export type Words =
  | { readonly oneOf: readonly string[] }
  | { readonly offer: readonly string[] | 'file' | 'directory' | MachineWords }
  | 'any';

/** Kinds of words that depend on the machine. Completions get them from `aufswatch complete KIND`. */
export const MACHINE_WORDS = ['codes', 'open-codes', 'releases', 'trees'] as const;
export type MachineWords = (typeof MACHINE_WORDS)[number];

export interface Argument<W extends Words = Words, R extends boolean = boolean> {
  readonly required: R;
  readonly summary: string;
  readonly words: W;
  /** Does it take all remaining words? Only the last argument can. */
  readonly many?: true;
}

/** One word or more, as the last argument. */
export interface Several extends Argument<'any', true> {
  readonly many: true;
}

export type Options = Readonly<Record<string, Flag | Valued | List>>;
/** In the order in which they are given. */
export type Arguments = Readonly<Record<string, Argument>>;

/** What a command takes, and its text. Parser, help, manual and completions are made from it. */
export interface Definition<A extends Arguments = Arguments, O extends Options = Options> {
  /** A paragraph for help and manual. It says what the command does without its summary, which they do not show. */
  readonly description: string;
  readonly args: A;
  readonly options: O;
}

type WordOf<W> = W extends { readonly oneOf: readonly (infer Word)[] } ? Word : string;

/** Values of options by their names: false, null or empty where one is not given. */
export type GivenOptions<O extends Options> = {
  readonly [Name in keyof O]: O[Name] extends Flag
    ? boolean
    : O[Name] extends List
      ? readonly string[]
      : O[Name] extends Valued<infer W>
        ? WordOf<W> | null
        : never;
};

export type GivenArguments<A extends Arguments> = {
  readonly [Name in keyof A]: A[Name] extends Several
    ? readonly string[]
    : A[Name] extends Argument<infer W, true>
      ? WordOf<W>
      : A[Name] extends Argument<infer W>
        ? WordOf<W> | null
        : never;
};

export function flag(summary: string): Flag {
  return { kind: 'flag', summary };
}

/** `name`: the name of the value in help; `words`: the allowed values. */
export function value(name: string, summary: string): Valued<'any'>;
export function value<const W extends Words>(name: string, summary: string, words: W): Valued<W>;
export function value(name: string, summary: string, words: Words = 'any'): Valued {
  return { kind: 'value', value: name, summary, words };
}

export function list(name: string, summary: string): List {
  return { kind: 'list', value: name, summary, words: 'any' };
}

export function required(summary: string): Argument<'any', true>;
export function required<const W extends Words>(summary: string, words: W): Argument<W, true>;
export function required(summary: string, words: Words = 'any'): Argument<Words, true> {
  return { required: true, summary, words };
}

export function optional(summary: string): Argument<'any', false>;
export function optional<const W extends Words>(summary: string, words: W): Argument<W, false>;
export function optional(summary: string, words: Words = 'any'): Argument<Words, false> {
  return { required: false, summary, words };
}

export function several(summary: string): Several {
  return { required: true, summary, words: 'any', many: true };
}

/** Options of every command. They may also precede its name. */
export const COMMON_OPTIONS = {
  root: value('dir', 'read the system under this directory instead of /', { offer: 'directory' }),
  config: value('file', 'read this configuration instead of /etc/aufswatch.toml', { offer: 'file' }),
  debug: flag('show a stack trace for an error'),
};

/** The option of commands that can judge a saved snapshot. */
export const SNAPSHOT = value('file', 'judge this saved snapshot instead of the machine', { offer: 'file' });

export const JSON_OUTPUT = flag('print JSON');
