import type { Command } from './command.ts';
import type { Often } from './words.ts';

/** A command in the list of commands; the rest of it is loaded when it is asked for. */
export interface Listed {
  /** One line. */
  readonly summary: string;
  /** Called by a hook or a shell, not by a person: left out of the list. */
  readonly hidden?: true;
  load(): Promise<Command>;
}

/** The commands that are asked often. */
export const OFTEN_COMMANDS: Readonly<Record<Often, Listed>> = {
  status: {
    summary: 'show the five links, what is wrong, and what to do next',
    load: async () => (await import('./commands/status.ts')).status,
  },
  check: {
    summary: 'tell by exit status whether all is in sync',
    load: async () => (await import('./commands/check.ts')).check,
  },
  plan: {
    summary: 'list the steps that put everything in sync again',
    load: async () => (await import('./commands/plan.ts')).plan,
  },
  history: {
    summary: 'show what happened: merges, patches, builds, boots',
    load: async () => (await import('./commands/history.ts')).history,
  },
};
