/** Parts of a look that are read together. `each`: what is read in every look. `way`: directories and links on the way. */
export const CHAPTERS = ['each', 'portage', 'boot', 'kernels', 'initramfs', 'docker', 'way'] as const;
export type Chapter = (typeof CHAPTERS)[number];

/** Told by a root of every place before it is asked for: so what is remembered is never newer than what was read. */
export interface Recorder {
  /** What follows belongs to this chapter. */
  begin(chapter: Exclude<Chapter, 'way'>): void;
  /** Anything of this place counts: what it holds, its times, that it is not there. */
  place(host: string): void;
  /** Only that it is this directory, or where this link leads. */
  way(host: string): void;
  /** What was read now hangs on something that no place tells. */
  unproven(why: string): void;
}

/** For who wants no more than to read. */
export const NOBODY: Recorder = { begin: () => {}, place: () => {}, way: () => {}, unproven: () => {} };
