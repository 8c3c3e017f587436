import type { Command } from './command.ts';

/** A command in the list. Its definition and code are loaded when needed. */
export interface Listed {
  /** One line. */
  readonly summary: string;
  /** For a hook or a shell, not for a person: `--help` does not list it. */
  readonly hidden?: true;
  load(): Promise<Command>;
}

/** A listed command together with its definition. */
export interface Known extends Command, Omit<Listed, 'load'> {
  readonly name: string;
}
