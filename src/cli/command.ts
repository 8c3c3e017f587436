import type { PublishedMatrix } from '../published/form.ts';
import {
  type Arguments,
  COMMON_OPTIONS,
  type Definition,
  type GivenArguments,
  type GivenOptions,
  type Options,
} from './definition.ts';
import { parse } from './parse.ts';
import type { Result } from './result.ts';
import type { Terminal } from './terminal.ts';
import type { VerdictView } from './verdict-view.ts';

/** What a command may use from outside. */
export interface Outside {
  readonly terminal: Terminal;
  readonly env: NodeJS.ProcessEnv;
  /** Time now, ms. */
  now(): number;
  /** What starts this program again, for its other processes; null: it runs within another one, as in a test. */
  readonly program: Program | null;
  /** What is wrong with the machine that the command is about; where that cannot be told, why. */
  getVerdict: GetVerdict;
  /** Which module loads on which kernel of the machine that the command is about; where that cannot be told, why. */
  getMatrix: GetMatrix;
  /** Sets a flag of V8 for the rest of the process: what was compiled before is of no use to a process without it. */
  setFlag(flag: string): void;
}

export type Program = readonly [string, ...string[]];
export type GetMatrix = (invocation: MachineInvocation) => Promise<Result<PublishedMatrix>>;
export type GetVerdict = (invocation: MachineInvocation) => Promise<Result<VerdictView>>;

/** One call of a command, with what was given. */
export interface Invocation<O = unknown, A = unknown> extends Outside {
  readonly args: A;
  readonly options: O & GivenOptions<typeof COMMON_OPTIONS>;
}

/** A call about this machine, another root or, where the command takes one, a saved snapshot. */
export interface MachineInvocation extends Outside {
  readonly options: MachineOptions;
}

interface MachineOptions extends GivenOptions<typeof COMMON_OPTIONS> {
  readonly snapshot?: string | null;
}

/** A command: what it takes, and how it is run. */
export interface Command extends Definition {
  /** Reads the words after its name. */
  read(words: readonly string[]): Ready | { readonly ok: false; readonly mistake: string };
}

interface Ready {
  readonly ok: true;
  /** Does the work; resolves to the exit status. */
  run(outside: Outside): Promise<number> | number;
}

/** Puts a definition and its code together; the compiler holds one to the other. */
export function command<const A extends Arguments, const O extends Options>(
  definition: Definition<A, O>,
  run: (invocation: Invocation<GivenOptions<O>, GivenArguments<A>>) => Promise<number> | number,
): Command {
  const options = { ...definition.options, ...COMMON_OPTIONS };
  return {
    ...definition,
    read: (words) => {
      const given = parse(words, definition.args, options);
      if (!given.ok) return given;
      return { ok: true, run: (outside) => run({ ...outside, args: given.args, options: given.options }) };
    },
  };
}
