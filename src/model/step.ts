/** The order in which steps are done. `prepare`: what a package requires of the sources before it patches them. */
export const STAGES = [
  'sources',
  'prepare',
  'patch',
  'config',
  'build',
  'install',
  'modules',
  'image',
  'initramfs',
  'menu',
  'docker',
  'self',
  'reload',
  'boot',
] as const;
export type Stage = (typeof STAGES)[number];

/** Something to do: commands, each of which needs the one before it, or work for a person. */
export type Step = RunStep | HandStep;

export interface RunStep {
  readonly by: 'command';
  readonly commands: readonly [Command, ...Command[]];
  /** Its purpose, as a clause: "compiles the kernel". */
  readonly why: string;
  readonly stage: Stage;
}

export interface HandStep {
  readonly by: 'hand';
  /** What to do, as a clause. */
  readonly why: string;
  readonly stage: Stage;
}

/** One program with its arguments. Only src/model/command-text.ts makes text for a shell of them. */
export interface Command {
  readonly words: readonly Word[];
  /** The file for its output; absent: the terminal. */
  readonly into?: string;
}

/** `jobs`: make's -j with the number of processors, which the shell of the machine that runs it fills in. */
export type Word = string | { readonly jobs: true };
