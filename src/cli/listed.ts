import type { Command } from './command.ts';

/** A command in the list of commands; the rest of it is loaded when it is asked for. */
export interface Listed {
  /** One line. */
  readonly summary: string;
  /** Called by a hook or a shell, not by a person: left out of the list. */
  readonly hidden?: true;
  load(): Promise<Command>;
}

/** A command as it is listed and as it is defined. */
export interface Known extends Command, Omit<Listed, 'load'> {
  readonly name: string;
}
