import { findingKey } from '../model/finding.ts';
import type { Memory } from '../model/memory.ts';
import {
  DEFAULT_CRITICAL_WAITS,
  type NotifyPreferences,
  type QuietHours,
} from '../model/notify-preferences.ts';
import { readPlan } from '../model/read-steps.ts';
import type { Step } from '../model/step.ts';
import { isRecord } from '../model/untrusted.ts';
import { PUBLISHED_SCHEMA, type PublishedFinding, type Unread } from './form.ts';
import { readFinding } from './read-finding.ts';
import { readMemory } from './read-memory.ts';
import { type Judgement, readJudgement } from './read-verdict.ts';

/** What a reader of status.json gets. Fields that he does not know are passed over: a newer daemon may have more. */
export interface PublishedReading {
  /** When the daemon last said that it lives, ms. */
  readonly heartbeat: number;
  /** What can be told to people; null: some of it cannot be read, and half of it would say that all is well. */
  readonly heard: Heard | null;
  /** What is remembered of the machine, as far as it can be read. */
  readonly memory: Memory;
  /** Since when each finding is open, ms, by findingKey. */
  readonly since: ReadonlyMap<string, number>;
  /** Until when each is silenced, ms, by findingKey. */
  readonly silenced: ReadonlyMap<string, number>;
  /** The verdict, for a command that prints it instead of judging itself. */
  judgement(): Judgement | null;
}

/** What of status.json the voice needs. */
export interface Heard {
  /** The daemon's version. */
  readonly program: string;
  readonly heartbeat: number;
  /** When the facts were read, ms. */
  readonly takenAt: number;
  readonly busy: boolean;
  readonly findings: readonly PublishedFinding[];
  readonly plan: readonly HeardStep[];
  readonly notify: NotifyPreferences;
  /** Why the machine cannot be read now; null: it can. */
  readonly unread: Unread | null;
}

export type HeardStep = Step & { readonly resolves: readonly string[] };

/**
 * Reads the text of status.json; null where it is not one of this program's form. The one reader of it, for the prompt, the
 * agent and the commands alike. Written by hand: this is read in every session and for every prompt, where a schema
 * library would be most of the memory and time.
 */
export function readPublished(text: string): PublishedReading | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isRecord(value) || value.schema !== PUBLISHED_SCHEMA || typeof value.heartbeat !== 'number')
    return null;
  const published = value;
  const findings = Array.isArray(value.findings) ? value.findings.filter(isRecord) : [];
  return {
    heartbeat: value.heartbeat,
    heard: readHeard(value, value.heartbeat),
    memory: readMemory(value.memory),
    since: new Map(findings.flatMap((finding) => readMoments(finding, finding.since))),
    silenced: new Map(findings.flatMap((finding) => readMoments(finding, finding.acknowledgedUntil))),
    judgement: () => readJudgement(published),
  };
}

function readMoments({ code, subject }: Record<string, unknown>, at: unknown): [string, number][] {
  if (typeof code !== 'string' || typeof subject !== 'string' || typeof at !== 'number') return [];
  return [[findingKey({ code, subject }), at]];
}

function readHeard(value: Readonly<Record<string, unknown>>, heartbeat: number): Heard | null {
  const { program, takenAt, busy, findings } = value;
  if (typeof program !== 'string' || typeof takenAt !== 'number') return null;
  if (typeof busy !== 'boolean' || !Array.isArray(findings)) return null;
  const read = findings.map(readFinding);
  const notify = readPreferences(value.notify);
  if (read.includes(null) || notify === null) return null;
  const plan = isRecord(value.verdict) ? readPlan(value.verdict.plan) : [];
  const known = read.filter((finding) => finding !== null);
  const unread = readUnread(value.unread);
  return { program, heartbeat, takenAt, busy, findings: known, plan, notify, unread };
}

function readUnread(value: unknown): Unread | null {
  if (!isRecord(value) || typeof value.since !== 'number') return null;
  return { since: value.since, path: typeof value.path === 'string' ? value.path : null };
}

function readPreferences(value: unknown): NotifyPreferences | null {
  if (!isRecord(value)) return null;
  const { criticalEvery, warningEvery, notices } = value;
  if (typeof criticalEvery !== 'number' || typeof warningEvery !== 'number' || typeof notices !== 'boolean')
    return null;
  // A daemon of before did not publish it.
  const criticalWaits =
    typeof value.criticalWaits === 'number' ? value.criticalWaits : DEFAULT_CRITICAL_WAITS;
  return {
    criticalEvery,
    warningEvery,
    criticalWaits,
    notices,
    quietHours: readQuietHours(value.quietHours),
  };
}

function readQuietHours(value: unknown): QuietHours | null {
  if (!isRecord(value) || typeof value.from !== 'number' || typeof value.to !== 'number') return null;
  return { from: value.from, to: value.to };
}
