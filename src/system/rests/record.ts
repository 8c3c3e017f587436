/**
 * Parts of a scan that are read together. `each`: read in every scan. `way`: directories and symlinks on the way to
 * other places.
 */
export const CHAPTERS = ['each', 'portage', 'boot', 'kernels', 'initramfs', 'docker', 'way'] as const;
export type Chapter = (typeof CHAPTERS)[number];

/**
 * A root calls this with each path before it reads it. So a recorded stamp is never newer than the content that was
 * read.
 */
export interface Recorder {
  /** The places that follow belong to this chapter. */
  begin(chapter: Exclude<Chapter, 'way'>): void;
  /** Any change of this place counts: its content, its times, whether it exists. */
  place(host: string): void;
  /** Only the identity of this directory, or the target of this symlink, counts. */
  way(host: string): void;
  /** The current chapter depends on something that no place records. */
  unproven(why: string): void;
}

/** For a caller that records nothing. */
export const NOBODY: Recorder = { begin: () => {}, place: () => {}, way: () => {}, unproven: () => {} };
