import type { KernelAbi } from '../model/abi.ts';
import type { KernelIdentity } from '../model/build.ts';
import type { BootImage } from '../model/image.ts';
import type { ModuleFile, ReleaseModules } from '../model/module.ts';
import type { Outcome, Rehearsed, RehearsedFile } from '../model/rehearsal.ts';
import type { Loadable } from './loadable/answer.ts';
import { isSignatureOpen } from './loadable/signature-check.ts';

/** What is asked of a kernel here. */
interface Rehearsable {
  readonly identity: KernelIdentity;
  readonly image: BootImage | null;
  readonly abi: KernelAbi;
  readonly modules: ReleaseModules | null;
  readonly rehearsed: readonly Rehearsed[];
}

/** What is remembered of rehearsals of exactly this build, with these words on its command line. */
export function rehearsalsOf(
  { identity, image }: Pick<Rehearsable, 'identity' | 'image'>,
  all: readonly Rehearsed[],
  words: readonly string[],
): Rehearsed[] {
  const { release, utsVersion } = identity;
  if (!release.known || !utsVersion.known) return [];
  return all.filter(
    ({ kernel }) =>
      kernel.release === release.value &&
      kernel.utsVersion === utsVersion.value &&
      // The same path with other contents may be another kernel in spite of its names.
      (image === null || image.path !== kernel.image.path || isSame(image, kernel.image)) &&
      kernel.words.join(' ') === words.join(' '),
  );
}

/**
 * What this kernel did with exactly this file, and exactly the same loaded before it; null: it was not seen, or it says
 * nothing about a boot.
 */
export function seenOutcome(kernel: Rehearsable, file: ModuleFile): SeenOutcome | null {
  const seen = kernel.rehearsed.find((each) => isSame(each.file, file));
  if (seen === undefined || seen.outcome.is === 'unclear' || !needsAreSame(kernel, seen)) return null;
  // In QEMU there is no Secure Boot that makes a kernel insist on signatures: that it took the module without, proves
  // nothing where it is not known whether it will insist.
  const isTaken = seen.outcome.is !== 'refused' && !kernel.abi.signatureEnforced.known;
  return isTaken && isSignatureOpen(file, kernel.abi) ? null : seen.outcome;
}

export type SeenOutcome = Exclude<Outcome, { readonly is: 'unclear' }>;

/** What was seen in the place of what was foretold; where both refuse, what was foretold says why in more detail. */
export function seenOr(foretold: Loadable, seen: SeenOutcome | null): Loadable {
  if (seen === null) return foretold;
  // Its init misses a device there, perhaps; every check of the kernel's was passed.
  if (seen.is !== 'refused') return { answer: 'loads' };
  if (foretold.answer === 'refused') return foretold;
  const message = seen.words[0] ?? seen.error;
  return { answer: 'refused', reason: { is: 'seen' }, message, quoted: true, symbols: [], dependency: null };
}

/** Those of the kernel's own tree are not read; they change when they are installed. */
function needsAreSame({ modules }: Rehearsable, { needs, at }: Rehearsed): boolean {
  const isOlder = modules?.installedAt.known !== true || modules.installedAt.value <= at;
  return needs.every((need) => {
    const now = modules?.modules.find(({ path }) => path === need.path);
    return now === undefined ? isOlder : isSame(need, now);
  });
}

/** The same path, size and time stand for the contents that were hashed then. */
function isSame(
  a: Pick<RehearsedFile, 'path' | 'size' | 'mtime'>,
  b: Pick<RehearsedFile, 'path' | 'size' | 'mtime'>,
): boolean {
  return a.path === b.path && a.size === b.size && a.mtime === b.mtime;
}
