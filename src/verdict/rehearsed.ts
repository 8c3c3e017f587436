import type { KernelAbi } from '../model/abi.ts';
import type { KernelIdentity } from '../model/build.ts';
import type { BootImage } from '../model/image.ts';
import type { ModuleFile, ReleaseModules } from '../model/module.ts';
import type { Outcome, Rehearsed, RehearsedFile } from '../model/rehearsal.ts';
import type { Loadable } from './loadable/answer.ts';
import { isSignatureOpen } from './loadable/signature-check.ts';

/** The part of a kernel that is needed here. */
interface Rehearsable {
  readonly identity: KernelIdentity;
  readonly image: BootImage | null;
  readonly abi: KernelAbi;
  readonly modules: ReleaseModules | null;
  readonly rehearsed: readonly Rehearsed[];
}

/** The rehearsals of exactly this build, with these words on its command line. */
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
      // The same path with other contents may be another kernel, although release and version are the same.
      (image === null || image.path !== kernel.image.path || isSame(image, kernel.image)) &&
      kernel.words.join(' ') === words.join(' '),
  );
}

/**
 * The result of a rehearsal with exactly this file and exactly the same modules loaded before it; null: there is none, or it says
 * nothing about a boot.
 */
export function seenOutcome(kernel: Rehearsable, file: ModuleFile): SeenOutcome | null {
  const seen = kernel.rehearsed.find((each) => isSame(file, each.file));
  if (seen === undefined || seen.outcome.is === 'unclear' || !needsAreSame(kernel, seen)) return null;
  // QEMU has no Secure Boot, which makes a kernel require signatures. Where it is not known whether the kernel requires them, that
  // it loaded an unsigned module in QEMU proves nothing.
  const isTaken = seen.outcome.is !== 'refused' && !kernel.abi.signatureEnforced.known;
  return isTaken && isSignatureOpen(file, kernel.abi) ? null : seen.outcome;
}

export type SeenOutcome = Exclude<Outcome, { readonly is: 'unclear' }>;

/** The rehearsal's result instead of the prediction. Where both are refusals, the prediction has the more detailed reason. */
export function seenOr(foretold: Loadable, seen: SeenOutcome | null): Loadable {
  if (seen === null) return foretold;
  // Its init may lack a device in QEMU; it passed every check of the kernel.
  if (seen.is !== 'refused') return { answer: 'loads' };
  if (foretold.answer === 'refused') return foretold;
  const message = seen.words[0] ?? seen.error;
  return { answer: 'refused', reason: { is: 'seen' }, message, quoted: true, symbols: [], dependency: null };
}

/** The kernel's own modules are not read: they change only when modules_install runs. */
function needsAreSame({ modules }: Rehearsable, { needs, atMs }: Rehearsed): boolean {
  const isOlder = modules?.installedAt.known !== true || modules.installedAt.value <= atMs;
  return needs.every((need) => {
    const now = modules?.modules.find(({ path }) => path === need.path);
    return now === undefined ? isOlder : isSame(now, need);
  });
}

/** The same path, size and mtime mean the contents that were hashed then. */
function isSame(
  file: { readonly path: string; readonly size: number; readonly mtime: number },
  hashed: RehearsedFile,
): boolean {
  return file.path === hashed.path && file.size === hashed.size && file.mtime === hashed.mtimeMs;
}
