/** What a kernel did with a module when it was booted for that alone (`aufswatch rehearse`), and for what this holds. */
export interface Rehearsed {
  /** ms. */
  readonly at: number;
  readonly kernel: RehearsedKernel;
  /** Name as the kernel has it. */
  readonly module: string;
  readonly file: RehearsedFile;
  /** What was loaded before it, in that order. */
  readonly needs: readonly RehearsedFile[];
  readonly outcome: Outcome;
}

/** The build that ran, as it named itself, and the file that it was started from. */
export interface RehearsedKernel {
  readonly release: string;
  readonly utsVersion: string;
  readonly image: RehearsedFile;
  /** Words of its command line that decide over modules: `module.sig_enforce=1`. */
  readonly words: readonly string[];
}

/** A file as it was then: the same path, size and time stand for the same contents. */
export interface RehearsedFile {
  readonly path: string;
  readonly size: number;
  /** ms. */
  readonly mtime: number;
  /** SHA-256, hex. */
  readonly hash: string;
}

export type Outcome =
  | { readonly is: 'loads' }
  /** Every check of the kernel's was passed, and then the module's own init failed: it misses its device, say. */
  | { readonly is: 'init-failed'; readonly error: string; readonly words: readonly string[] }
  /** `words`: the lines of the kernel's log, its own words for it first. */
  | { readonly is: 'refused'; readonly error: string; readonly words: readonly string[] }
  /** It was tried, and what came of it says nothing about the next boot. */
  | { readonly is: 'unclear'; readonly why: string };

/** What came of mounting AUFS and using it; `step`: what failed. */
export type AufsTried =
  | { readonly is: 'works' }
  | {
      readonly is: 'fails';
      readonly step: string;
      readonly error: string;
      readonly words: readonly string[];
    };

/** Why nothing is known: `missing` QEMU or the guest, the `kernel` did not come to the end, or no `time` was left. */
export interface NotRehearsed {
  readonly code: 'missing' | 'kernel' | 'time' | 'files' | 'interrupted';
  readonly detail: string;
}
