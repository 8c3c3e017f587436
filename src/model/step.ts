/** Steps are done in the order of the stages. `prepare`: what a package asks of the sources before it patches them. */
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

/** Something to do: commands of which each needs the one before it, or work for a person. */
export type Step = RunStep | HandStep;

export interface RunStep {
  readonly by: 'command';
  readonly commands: readonly [Command, ...Command[]];
  /** What it is good for, as a clause: "compiles the kernel". */
  readonly why: string;
  readonly stage: Stage;
}

export interface HandStep {
  readonly by: 'hand';
  /** What to do, as a clause. */
  readonly why: string;
  readonly stage: Stage;
}

/** One program with its words. They become text for a shell in one place: src/model/command-text.ts. */
export interface Command {
  readonly words: readonly Word[];
  /** The file that takes its output; absent: the terminal. */
  readonly into?: string;
}

/** `jobs`: make's -j with the number of processors, which only the machine that runs it can tell. */
export type Word = string | { readonly jobs: true };
