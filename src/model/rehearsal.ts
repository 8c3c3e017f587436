/** The result of one module in a rehearsal (`aufswatch rehearse`), and the files and command line that it holds for. */
export interface Rehearsed {
  /** ms. */
  readonly atMs: number;
  readonly kernel: RehearsedKernel;
  /** Name as the kernel has it. */
  readonly module: string;
  readonly file: RehearsedFile;
  /** What was loaded before it, in that order. */
  readonly needs: readonly RehearsedFile[];
  readonly outcome: Outcome;
}

/** The kernel that ran, by its own name, and the file that it was started from. */
export interface RehearsedKernel {
  readonly release: string;
  readonly utsVersion: string;
  readonly image: RehearsedFile;
  /** Words of its command line that decide over modules: `module.sig_enforce=1`. */
  readonly words: readonly string[];
}

/** A file as it was then. The same path, size and mtime mean the same contents. */
export interface RehearsedFile {
  readonly path: string;
  readonly size: number;
  /** ms. */
  readonly mtimeMs: number;
  /** SHA-256, hex. */
  readonly hash: string;
}

export type Outcome =
  | { readonly is: 'loads' }
  /** It passed every check of the kernel, and then its own init failed, for example without its device. */
  | { readonly is: 'init-failed'; readonly error: string; readonly words: readonly string[] }
  /** `words`: lines of the kernel's log, the refusal first. */
  | { readonly is: 'refused'; readonly error: string; readonly words: readonly string[] }
  /** It was tried, and the result says nothing about the next boot. */
  | { readonly is: 'unclear'; readonly why: string };

/** The result of mounting AUFS and using it; `step`: what failed. */
export type AufsTried =
  | { readonly is: 'works' }
  | {
      readonly is: 'fails';
      readonly step: string;
      readonly error: string;
      readonly words: readonly string[];
    };

/** Why there is no result: QEMU or the guest is `missing`, the `kernel` did not finish, or the `time` ran out. */
export interface NotRehearsed {
  readonly code: 'missing' | 'kernel' | 'time' | 'files' | 'interrupted';
  readonly detail: string;
}
