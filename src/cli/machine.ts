import { statSync } from 'node:fs';
import { type Finding, findingKey } from '../model/finding.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Verdict } from '../model/verdict.ts';
import { readSnapshot } from '../system/read-snapshot.ts';
import { openRoot } from '../system/root.ts';
import { errorCode } from '../system/system-error.ts';
import { judge } from '../verdict/judge.ts';
import { kernelsInQuestion } from '../verdict/kernels-in-question.ts';
import type { Invocation } from './command.ts';
import { readPreferences } from './preferences.ts';
import { recall } from './recall.ts';
import type { Result } from './result.ts';

export interface Judged {
  readonly snapshot: Snapshot;
  readonly verdict: Verdict;
  /** Since when a finding holds, ms; null: nobody has seen it before. */
  since(finding: Finding): number | null;
}

/** How much a command asks for. */
export interface Asked {
  /** Hashing reads every image whole. */
  readonly hashImages?: boolean;
  /** `verdict`: kernels and trees that the verdict is not about are left out. */
  readonly of?: 'everything' | 'verdict';
}

/** The machine (or the saved snapshot) that the command asks for, and what is wrong with it. */
export async function lookAndJudge(invocation: Invocation, asked: Asked = {}): Promise<Result<Judged>> {
  const snapshot = await look(invocation, asked);
  if (!snapshot.ok) return snapshot;
  const { memory, since } = await recall(invocation);
  const verdict = judge(snapshot.value, memory);
  const sinceOf = (finding: Finding) => since.get(findingKey(finding)) ?? null;
  return { ok: true, value: { snapshot: snapshot.value, verdict, since: sinceOf } };
}

/** How long a look at the machine may take before the rest of it is reported as unknown, ms. */
const LOOK_LIMIT = 30_000;

export async function look(
  invocation: Invocation,
  { hashImages = false, of = 'everything' }: Asked = {},
): Promise<Result<Snapshot>> {
  const saved = invocation.option('snapshot');
  if (saved !== null) return (await import('./saved-snapshot.ts')).readSavedSnapshot(saved);
  const directory = invocation.option('root') ?? '/';
  const preferences = await readPreferences(invocation);
  if (!preferences.ok) return preferences;
  const start = invocation.now();
  const root = openDirectory(directory, () => invocation.now() - start > LOOK_LIMIT);
  if (!root.ok) return root;
  const options = { preferences: preferences.value, takenAt: start, hashImages };
  const { nextBootImage } = preferences.value;
  const snapshot = await readSnapshot(
    root.value,
    of === 'everything'
      ? options
      : {
          ...options,
          kernelsInQuestion: ({ running, boot, selectedRelease }) =>
            kernelsInQuestion(running, boot, nextBootImage, selectedRelease),
        },
  );
  return { ok: true, value: snapshot };
}

/** The root that a command asks for. */
export function openDirectory(
  directory: string,
  expired: () => boolean = () => false,
): Result<ReturnType<typeof openRoot>> {
  const wrong = rootMistake(directory);
  return wrong === null
    ? { ok: true, value: openRoot(directory, expired) }
    : { ok: false, message: `--root ${wrong}` };
}

/** What is wrong with the directory that is to be the root; null: nothing. */
export function rootMistake(directory: string): string | null {
  // For the system this is the working directory, for the user a variable that was not set.
  if (directory === '') return '"": name a directory';
  try {
    return statSync(directory).isDirectory() ? null : `${directory}: not a directory`;
  } catch (error) {
    const code = errorCode(error);
    if (code === null) throw error;
    return `${directory}: ${code === 'EACCES' ? 'permission denied (EACCES)' : 'no such directory'}`;
  }
}
