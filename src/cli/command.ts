import type { Terminal } from './terminal.ts';

/** A command as it is defined: for the parser, the manual and the completions alike. */
export interface CommandDefinition {
  readonly name: string;
  /** One line, for the list of commands. */
  readonly summary: string;
  /** Called by a hook, not by a person: left out of the list of commands. */
  readonly hidden?: true;
  /** A paragraph for the manual. */
  readonly description: string;
  readonly args: readonly ArgumentDefinition[];
  readonly options: readonly OptionDefinition[];
}

export interface ArgumentDefinition {
  readonly name: string;
  readonly required: boolean;
  readonly summary: string;
  /** What can be given, for the completions. */
  readonly values?: Values;
}

export interface OptionDefinition {
  /** As commander reads it: `--json`, `--out <file>`. */
  readonly flags: string;
  readonly summary: string;
  /** What its value can be, for the completions. */
  readonly values?: Values;
}

/** These words; or what there is on the machine of this kind. */
export type Values = readonly string[] | 'file' | 'directory' | MachineValues;

/** Asked of the machine by `aufswatch complete KIND`. */
export type MachineValues = 'codes' | 'open-codes' | 'releases' | 'trees';

/** Does the work; resolves to the exit status. */
export type CommandRun = (invocation: Invocation) => Promise<number> | number;

/** One call of a command, with everything that it may use from outside. */
export interface Invocation {
  readonly terminal: Terminal;
  readonly env: NodeJS.ProcessEnv;
  readonly args: readonly string[];
  /** Is the flag given? */
  flag(name: string): boolean;
  /** Value of an option; null: not given. */
  option(name: string): string | null;
  /** Values of an option that can be given several times. */
  list(name: string): readonly string[];
  /** Time now, ms. */
  now(): number;
}
