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

/** What a command receives from its caller. */
export interface Outside {
  readonly terminal: Terminal;
  readonly env: NodeJS.ProcessEnv;
  /** Time now, ms. */
  now(): number;
  /** Starts this program again, for its helper processes; null: it runs inside another program, such as a test. */
  readonly program: Program | null;
  /** The verdict on the machine that the command is about, or why there is none. */
  getVerdict: GetVerdict;
  /** Which module loads on which kernel of the machine that the command is about; where that cannot be told, why. */
  getMatrix: GetMatrix;
  /** Sets a flag of V8 for the rest of the process. (V8 rejects compiled code where its flags differ.) */
  setFlag(flag: string): void;
}

export type Program = readonly [string, ...string[]];
export type GetMatrix = (invocation: MachineInvocation) => Promise<Result<PublishedMatrix>>;
export type GetVerdict = (invocation: MachineInvocation) => Promise<Result<VerdictView>>;

/** One call of a command, with its arguments and options. */
export interface Invocation<O = unknown, A = unknown> extends Outside {
  readonly args: A;
  readonly options: O & GivenOptions<typeof COMMON_OPTIONS>;
}

/** A call about this machine, another root or, for some commands, a saved snapshot. */
export interface MachineInvocation extends Outside {
  readonly options: MachineOptions;
}

interface MachineOptions extends GivenOptions<typeof COMMON_OPTIONS> {
  readonly snapshot?: string | null;
}

/** A command: its arguments and options, and its code. */
export interface Command extends Definition {
  /** Reads the words after its name. */
  read(words: readonly string[]): Ready | { readonly ok: false; readonly mistake: string };
}

interface Ready {
  readonly ok: true;
  /** Does the work; resolves to the exit status. */
  run(outside: Outside): Promise<number> | number;
}

/** Joins a definition and its code. The compiler checks that they agree. */
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
