import { ABOUT_NOTHING, type About, KERNEL_ROLES, SEVERITIES } from '../model/finding.ts';
import {
  DEFAULT_CRITICAL_WAITS,
  type NotifyPreferences,
  type QuietHours,
} from '../model/notify-preferences.ts';
import { PUBLISHED_SCHEMA, type PublishedFinding } from '../model/published.ts';
import { readPlan, readSteps } from '../model/read-steps.ts';
import type { Step } from '../model/step.ts';
import { isRecord, textList } from '../model/untrusted.ts';

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
}

export type HeardStep = Step & { readonly resolves: readonly string[] };

/**
 * Reads the text of status.json; null where it is not one of this program's form. Written by hand: this is
 * read in every session and for every prompt, where a schema library would be most of the memory and time.
 */
export function readPublished(text: string): Heard | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isRecord(value) || value.schema !== PUBLISHED_SCHEMA) return null;
  const { program, heartbeat, takenAt, busy, findings } = value;
  if (typeof program !== 'string') return null;
  if (typeof heartbeat !== 'number' || typeof takenAt !== 'number') return null;
  if (typeof busy !== 'boolean' || !Array.isArray(findings)) return null;
  const read = findings.map(readFinding);
  const notify = readPreferences(value.notify);
  if (read.includes(null) || notify === null) return null;
  const plan = isRecord(value.verdict) ? readPlan(value.verdict.plan) : [];
  const known = read.filter((finding) => finding !== null);
  return { program, heartbeat, takenAt, busy, findings: known, plan, notify };
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

function readFinding(value: unknown): PublishedFinding | null {
  if (!isRecord(value)) return null;
  const { code, subject, title, text, since, settle, acknowledgedUntil } = value;
  const severity = SEVERITIES.find((known) => known === value.severity);
  const causedBy = textList(value.causedBy);
  const remedy = readSteps(value.remedy);
  const about = readAbout(value.about);
  if (typeof code !== 'string' || typeof subject !== 'string' || typeof title !== 'string') return null;
  if (
    typeof text !== 'string' ||
    typeof since !== 'number' ||
    typeof settle !== 'number' ||
    severity === undefined
  )
    return null;
  if (causedBy === null) return null;
  if (acknowledgedUntil !== null && typeof acknowledgedUntil !== 'number') return null;
  return { code, subject, about, severity, title, text, remedy, causedBy, since, settle, acknowledgedUntil };
}

/** What an older version did not say is about nothing. */
function readAbout(value: unknown): About {
  if (!isRecord(value)) return ABOUT_NOTHING;
  const { tree, package: cpv } = value;
  return {
    kernel: readKernel(value.kernel),
    modules: textList(value.modules) ?? [],
    tree: typeof tree === 'string' ? tree : null,
    package: typeof cpv === 'string' ? cpv : null,
    nextBootLoses: textList(value.nextBootLoses) ?? [],
    ...(value.byGuess === true ? { byGuess: true } : {}),
  };
}

function readKernel(value: unknown): About['kernel'] {
  if (!isRecord(value) || typeof value.name !== 'string') return null;
  const { name, release } = value;
  const role = KERNEL_ROLES.find((known) => known === value.role);
  return role === undefined ? null : { role, release: typeof release === 'string' ? release : null, name };
}
