import { findingKey } from '../model/finding.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { readSnapshot, type SnapshotOptions } from '../system/read-snapshot.ts';
import { beginScan } from '../system/scan-budget.ts';
import { judge } from '../verdict/judge.ts';
import { initramfsInQuestion, kernelsInQuestion } from '../verdict/kernels-in-question.ts';
import { matrixOf } from '../verdict/matrix.ts';
import { assess } from '../verdict/situation.ts';
import type { GetMatrix, GetVerdict, MachineInvocation } from './command.ts';
import { readPreferences } from './preferences.ts';
import { recall } from './recall.ts';
import type { Result } from './result.ts';
import { openDirectory } from './root-directory.ts';
import type { FindingIdentity, VerdictView } from './verdict-view.ts';

export interface Judged extends VerdictView {
  readonly snapshot: Snapshot;
}

/** How much a scan reads. */
export interface ScanRequest {
  /** Hash the kernel images. That reads each of them completely. */
  readonly hashImages?: boolean;
  /** `verdict`: leave out kernels and trees that do not affect the verdict. */
  readonly of?: 'everything' | 'verdict';
}

/** A scan of the machine or the saved snapshot, with its verdict. */
export async function scanAndJudge(
  invocation: MachineInvocation,
  asked: ScanRequest = {},
): Promise<Result<Judged>> {
  const snapshot = await scan(invocation, asked);
  if (!snapshot.ok) return snapshot;
  const { memory, since, silenced } = await recall(invocation);
  const verdict = judge(snapshot.value, memory);
  const { portage } = snapshot.value;
  const past = {
    since: (finding: FindingIdentity) => since.get(findingKey(finding)) ?? null,
    silenced: (finding: FindingIdentity) => silenced.get(findingKey(finding)) ?? null,
  };
  return { ok: true, value: { snapshot: snapshot.value, verdict, portage, ...past } };
}

/** Reads all of the machine. */
export const matrixByScan: GetMatrix = async (invocation) => {
  const snapshot = await scan(invocation);
  if (!snapshot.ok) return snapshot;
  const { memory } = await recall(invocation);
  return { ok: true, value: matrixOf(assess(snapshot.value, memory)) };
};

/** Scans as much of the machine as the verdict needs. */
export const verdictByScan: GetVerdict = (invocation) => scanAndJudge(invocation, { of: 'verdict' });

/** After this time, ms, a scan reads no further file; what it did not read is unknown. */
const SOFT_LIMIT = 20_000;
/** After this time, ms, a scan fails: until then it still lists directories. */
const HARD_LIMIT = 30_000;

/**
 * V8 optimizes a function after it has run this many bytes of bytecode (default 67,584). Most scans end before optimized
 * code pays: with the default, a fifth of their processor time is the optimizer's. A long scan is still optimized.
 */
const OPTIMIZE_LATE = '--interrupt-budget=1000000';

class ScanTooLong extends Error {}

export async function scan(
  invocation: MachineInvocation,
  { hashImages = false, of = 'everything' }: ScanRequest = {},
): Promise<Result<Snapshot>> {
  const saved = invocation.options.snapshot ?? null;
  if (saved !== null) return (await import('./saved-snapshot.ts')).readSavedSnapshot(saved);
  const directory = invocation.options.root ?? '/';
  const preferences = await readPreferences(invocation);
  if (!preferences.ok) return preferences;
  const start = invocation.now();
  // The wall clock may be set meanwhile.
  const begun = performance.now();
  const root = openDirectory(directory, beginScan(SOFT_LIMIT), (host) => {
    if (performance.now() - begun > HARD_LIMIT) throw new ScanTooLong(host);
    return true;
  });
  if (!root.ok) return root;
  const options = { preferences: preferences.value, takenAt: start, hashImages };
  const { nextBootImage } = preferences.value;
  const wanted: SnapshotOptions =
    of === 'everything'
      ? options
      : {
          ...options,
          kernelsInQuestion: ({ running, boot, selectedRelease }) =>
            kernelsInQuestion(running, boot, nextBootImage, selectedRelease),
          initramfsInQuestion: ({ running, boot, selectedRelease }) =>
            initramfsInQuestion(running, boot, nextBootImage, selectedRelease),
        };
  invocation.setFlag(OPTIMIZE_LATE);
  try {
    return { ok: true, value: await readSnapshot(root.value, wanted) };
  } catch (error) {
    if (!(error instanceof ScanTooLong)) throw error;
    const seconds = HARD_LIMIT / 1000;
    return {
      ok: false,
      message: `${error.message} was not reached within ${seconds} s: the disk is too slow`,
    };
  }
}
