import { findingKey } from '../model/finding.ts';
import { type Memory, NO_MEMORY } from '../model/memory.ts';
import { isRecord } from '../model/untrusted.ts';
import { PUBLISHED_FIELDS, PUBLISHED_SCHEMA, type PublishedMatrix, type Unread } from './form.ts';
import { type Form, INVALID, orElse, record, type TypeOf } from './json-form.ts';
import { memoryForm } from './memory-form.ts';
import { readablePlan } from './verdict-form.ts';

/** The content of status.json, for its readers. */
export interface PublishedReading {
  readonly heartbeatMs: number;
  /** The part for the notifier; null: some of it cannot be read, and the rest alone could wrongly show that all is well. */
  readonly status: DaemonStatus | null;
  /** The memory of the machine, as far as it can be read. */
  readonly memory: Memory;
  /** Since when each finding is open, ms, by findingKey. */
  readonly since: ReadonlyMap<string, number>;
  /** Until when each is silenced, ms, by findingKey. */
  readonly silenced: ReadonlyMap<string, number>;
  /** The verdict, for a command that prints it; null: a part cannot be read, or nothing shows whether it still holds. */
  verdict(): PublishedVerdict | null;
  /** The matrix of `aufswatch kernels`; null: it is not published, or a part of it cannot be read. */
  kernels(): PublishedMatrix | null;
}

const { program, pid, heartbeatMs, takenAtMs, busy, findings, notify, portage } = PUBLISHED_FIELDS;
const { verdict, rests, kernels, unread } = PUBLISHED_FIELDS;

const statusForm = record({
  program,
  pid,
  heartbeatMs,
  takenAtMs,
  busy,
  findings,
  notify,
  unread: orElse<Unread | null>(unread, null),
  verdict: orElse(record({ plan: readablePlan }), { plan: [] }),
});
type PlanOfStatus = TypeOf<typeof statusForm>['verdict'];

/** The part of status.json that the notifier, the prompt and `doctor` need. */
export type DaemonStatus = Omit<TypeOf<typeof statusForm>, 'verdict'> & PlanOfStatus;

const verdictForm = record({ program, verdict, rests, portage });

/** The published verdict, and the stamps that show whether it still holds. */
export type PublishedVerdict = TypeOf<typeof verdictForm> & {
  readonly rests: NonNullable<TypeOf<typeof rests>>;
};

/**
 * Reads the text of status.json; null: it does not have this program's schema. During an upgrade a daemon of another
 * version may still be running, and its status.json may have another schema. All commands, the agent and the prompt use
 * this function.
 */
export function readPublished(text: string): PublishedReading | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isRecord(value) || value.schema !== PUBLISHED_SCHEMA || typeof value.heartbeatMs !== 'number')
    return null;
  const published = value;
  const open = Array.isArray(value.findings) ? value.findings.filter(isRecord) : [];
  return {
    heartbeatMs: value.heartbeatMs,
    status: readStatus(value),
    memory: readOr(memoryForm, value.memory, NO_MEMORY),
    since: new Map(open.flatMap((finding) => readTime(finding, finding.sinceMs))),
    silenced: new Map(open.flatMap((finding) => readTime(finding, finding.acknowledgedUntilMs))),
    verdict: () => readVerdict(published),
    kernels: () => readOr(kernels, published.kernels, null),
  };
}

function readStatus(value: unknown): DaemonStatus | null {
  const read = statusForm.read(value);
  if (read === INVALID) return null;
  const { verdict, ...status } = read;
  return { ...status, plan: verdict.plan };
}

function readVerdict(value: unknown): PublishedVerdict | null {
  const read = verdictForm.read(value);
  if (read === INVALID || read.rests === null) return null;
  return { ...read, rests: read.rests };
}

/** The time by the finding's key; empty: it is not a finding, or it has no such time. */
function readTime({ code, subject }: Record<string, unknown>, time: unknown): [string, number][] {
  if (typeof code !== 'string' || typeof subject !== 'string' || typeof time !== 'number') return [];
  return [[findingKey({ code, subject }), time]];
}

function readOr<T, U>(form: Form<T>, value: unknown, otherwise: U): T | U {
  const read = form.read(value);
  return read === INVALID ? otherwise : read;
}
