import { type Fact, known } from '../model/fact.ts';
import { moduleName } from '../model/module-name.ts';
import type { AufsTried, NotRehearsed, Outcome, Rehearsed, RehearsedKernel } from '../model/rehearsal.ts';
import type { Root } from '../system/root.ts';
import { kernelFile } from './kernel-file.ts';
import type { GuestReports } from './listen.ts';
import { type GuestModule, guestModules, type Held, heldModules } from './module-files.ts';
import { aufsOutcome, outcomeOf } from './outcome.ts';
import { runGuest } from './run-guest.ts';

/** A kernel of this machine, and the modules to load into it. */
export interface RehearsalRequest {
  readonly root: Root;
  /** The image; `release` and `utsVersion` are those expected in it. `utsVersion` null: not known. */
  readonly image: string;
  readonly release: string;
  readonly utsVersion: string | null;
  /** Paths of modules of that release. Their dependencies are added. */
  readonly modules: readonly string[];
  /** An initramfs with other versions of some modules, which then replace those on disk; null: none. */
  readonly initramfs: HeldRequest | null;
  /** Whether to mount AUFS and use it. */
  readonly aufs: boolean;
  /** Words of the command line that affect the loading of modules. */
  readonly words: readonly string[];
  /** Whether that kernel may have keys from the firmware, which QEMU does not have. */
  readonly openKeys: boolean;
  /** The compiled guest program; null: this build does not have it. */
  readonly init: Buffer | null;
  /** The architecture of the guest program, which is that of this machine. */
  readonly arch: NodeJS.Architecture;
  readonly path: string;
  /** ms. */
  readonly timeout: number;
  readonly signal: AbortSignal;
  now(): number;
  /** Called with one line for a person about the current step. */
  progress(text: string): void;
}

export interface HeldRequest {
  readonly path: string;
  readonly modules: readonly { readonly disk: string; readonly file: { readonly path: string } }[];
}

export type RehearsalResult =
  | {
      readonly ok: true;
      /** The modules of the request and those that were loaded before them. */
      readonly rehearsed: readonly Rehearsed[];
      /** null: the request did not include it. */
      readonly aufs: AufsTried | null;
      /** Modules of the request that were not tried. */
      readonly left: readonly { readonly path: string; readonly detail: string }[];
    }
  | { readonly ok: false; readonly failure: NotRehearsed };

/** Why there is no guest program, and what to do. */
export const NO_GUEST = 'there was no C compiler when aufswatch was built: build it again with one';

/** Boots the kernel in QEMU, loads the modules into it, and returns the outcome of each. Changes nothing on this machine. */
export async function rehearse(request: RehearsalRequest): Promise<RehearsalResult> {
  const { root, image, release, init, arch, progress } = request;
  if (init === null) return failed('missing', NO_GUEST);
  progress(`reading ${image}`);
  const kernel = kernelFile(root, image);
  if (!kernel.known) return failed('files', kernel.detail);
  const madeFor = kernel.value.arch;
  if (madeFor !== null && madeFor !== arch)
    return failed('files', `${image} is a kernel for ${madeFor}, and aufswatch was built for ${arch}`);
  const held = await heldOf(request);
  if (!held.known) return failed('files', held.detail);
  const { modules, left } = guestModules(root, `/lib/modules/${release}`, request.modules, held.value);
  const job = [...modules.map((_, index) => `load /m/${index}.ko`), ...(request.aufs ? ['aufs'] : [])];
  progress(`booting ${release}`);
  const result = await runGuest({
    kernel: kernel.value.kernel,
    init,
    arch,
    files: [
      { path: 'm', content: null },
      ...modules.map(({ content }, index) => ({ path: `m/${index}.ko`, content })),
    ],
    job,
    words: request.words,
    path: request.path,
    timeout: request.timeout,
    signal: request.signal,
    progress: (step) => progress(stepText(modules, step)),
  });
  if (!result.ok) return { ok: false, failure: named(result.failure, modules) };
  const wrong = otherKernel(result.reports, request);
  if (wrong !== null) return failed('kernel', wrong);
  const identity = {
    release,
    utsVersion: result.reports.kernel?.utsVersion ?? '',
    image: kernel.value.file,
    words: request.words,
  };
  const trial = request.aufs ? result.reports.steps.at(-1) : undefined;
  return {
    ok: true,
    rehearsed: rehearsedOf(modules, result.reports, identity, request),
    aufs: trial === undefined ? null : aufsOutcome(trial),
    left,
  };
}

function heldOf({ root, initramfs }: RehearsalRequest): Promise<Fact<Held>> | Fact<Held> {
  if (initramfs === null) return known(new Map());
  const members = initramfs.modules.map(({ disk, file }) => ({ disk, member: file.path }));
  return heldModules(root, initramfs.path, members);
}

function rehearsedOf(
  modules: readonly GuestModule[],
  { steps, kernel: guest }: GuestReports,
  kernel: RehearsedKernel,
  { openKeys, now }: RehearsalRequest,
): Rehearsed[] {
  const at = now();
  const outcomes = new Map<string, Outcome>();
  const files = new Map(modules.map(({ file }) => [file.path, file]));
  return modules.flatMap(({ name, file, needs, content }, index) => {
    const step = steps[index];
    if (step === undefined) return [];
    const before = needs.flatMap((path) => {
      const outcome = outcomes.get(path);
      return outcome === undefined ? [] : [{ name: moduleName(path), outcome }];
    });
    const outcome = outcomeOf(step, before, {
      logs: guest?.logs === true,
      openKeys: openKeys && isSigned(content),
    });
    outcomes.set(file.path, outcome);
    const loaded = needs.flatMap((path) => files.get(path) ?? []);
    return [{ atMs: at, kernel, module: name, file, needs: loaded, outcome }];
  });
}

const SIGNED = Buffer.from('~Module signature appended~\n');

/** True if the module ends with a signature; without one the keys do not matter. */
function isSigned(content: Buffer): boolean {
  return content.subarray(-SIGNED.length).equals(SIGNED);
}

/** Why the kernel that ran is not the requested one, as a clause; null: it is. It differs only if the image was read wrongly. */
function otherKernel(
  { kernel }: GuestReports,
  { release, utsVersion, image }: RehearsalRequest,
): string | null {
  if (kernel === null) return 'it did not say which kernel it is';
  if (kernel.release !== release) return `${image} is ${kernel.release}, and not ${release}`;
  if (utsVersion === null || kernel.utsVersion === utsVersion) return null;
  return `${image} is ${kernel.release} ${kernel.utsVersion}, and not ${utsVersion}`;
}

function stepText(modules: readonly GuestModule[], step: number): string {
  const module = modules[step];
  return module === undefined ? 'mounting aufs' : `loading ${module.name} (${step + 1} of ${modules.length})`;
}

/** Replaces the guest's paths of modules by their names. */
function named(failure: NotRehearsed, modules: readonly GuestModule[]): NotRehearsed {
  const detail = failure.detail.replace(
    /"load \/m\/(\d+)\.ko"/,
    (_, index: string) => modules[Number(index)]?.name ?? 'a module',
  );
  return { ...failure, detail };
}

function failed(code: NotRehearsed['code'], detail: string): RehearsalResult {
  return { ok: false, failure: { code, detail } };
}
