import { mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { replaceFile } from '../../files/replace-file.ts';
import type { Finding } from '../../model/finding.ts';
import { errorCode } from '../../system/root.ts';
import { keyOf } from '../policy.ts';

/** Findings that this user put off, by code and subject. */
export type Snooze = Readonly<Record<string, Snoozed>>;

interface Snoozed {
  readonly until: number;
  readonly severity: string;
  readonly title: string;
}

const LIMIT = 256 * 1024;

/** What was put off in earlier sessions; nothing where that cannot be read. */
export function readSnooze(path: string): Snooze {
  try {
    const text = readFileSync(path, 'utf8');
    return text.length > LIMIT ? {} : snoozeOf(JSON.parse(text));
  } catch (error) {
    if (errorCode(error) === null && !(error instanceof SyntaxError)) throw error;
    return {};
  }
}

/** Until when a finding is put off, ms; 0: it is not, or it is another one now. */
export function snoozedUntil(snooze: Snooze, finding: Finding): number {
  const entry = snooze[keyOf(finding)];
  if (entry === undefined || entry.severity !== finding.severity || entry.title !== finding.title) return 0;
  return entry.until;
}

/** Puts findings off, and remembers it on disk where that can be written. */
export function writeSnooze(
  path: string,
  snooze: Snooze,
  findings: readonly Finding[],
  until: number,
  now: number,
): Snooze {
  const kept = Object.entries(snooze).filter(([, entry]) => entry.until > now);
  const added = findings.map((finding) => {
    const { severity, title } = finding;
    return [keyOf(finding), { until, severity, title }] as const;
  });
  const next = Object.fromEntries([...kept, ...added]);
  try {
    mkdirSync(dirname(path), { recursive: true });
    replaceFile(path, `${JSON.stringify(next)}\n`, 0o600);
  } catch (error) {
    // A full or read-only home: it holds for this session.
    if (errorCode(error) === null) throw error;
  }
  return next;
}

function snoozeOf(value: unknown): Snooze {
  if (typeof value !== 'object' || value === null) return {};
  const entries: [string, Snoozed][] = [];
  for (const [key, entry] of Object.entries(value)) {
    if (typeof entry !== 'object' || entry === null) continue;
    const { until, severity, title } = entry as Partial<Record<keyof Snoozed, unknown>>;
    if (typeof until !== 'number' || typeof severity !== 'string' || typeof title !== 'string') continue;
    entries.push([key, { until, severity, title }]);
  }
  return Object.fromEntries(entries);
}
