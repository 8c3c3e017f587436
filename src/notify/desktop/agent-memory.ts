import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeDirectory } from '../../files/make-directory.ts';
import { replaceFile } from '../../files/replace-file.ts';
import { SEVERITIES } from '../../model/finding.ts';
import { errorCode } from '../../system/system-error.ts';
import { NOTHING_NOTIFIED, type NotifyState } from '../policy.ts';
import type { Snooze, Snoozed } from './snooze.ts';

/** What the agent keeps for its user from session to session. */
export interface AgentMemory {
  readonly told: NotifyState;
  readonly snooze: Snooze;
  /** The notification that is shown; null: there is none. */
  readonly shown: InSight | null;
}

export interface InSight {
  /** The server's number for it. */
  readonly id: number;
  /** Unique bus name of the server; another server does not have this notification. */
  readonly owner: string;
  /** The runtime directory of the session: another session has another server, with numbers of its own. */
  readonly session: string;
}

const NOTHING: AgentMemory = { told: NOTHING_NOTIFIED, snooze: {}, shown: null };
const LIMIT = 256 * 1024;

/** Reads the memory; empty if it cannot be read. Without zod, which would double the size of the agent in memory. */
export function readAgentMemory(path: string): AgentMemory {
  try {
    const text = readFileSync(path, 'utf8');
    return text.length > LIMIT ? NOTHING : memoryOf(JSON.parse(text));
  } catch (error) {
    if (errorCode(error) === null && !(error instanceof SyntaxError)) throw error;
    return NOTHING;
  }
}

/** Writes the memory. If the home is full or read-only, it lasts for this session only. */
export function writeAgentMemory(path: string, memory: AgentMemory): void {
  try {
    makeDirectory(dirname(path), 0o755);
    replaceFile(path, `${JSON.stringify(memory)}\n`, 0o600);
  } catch (error) {
    if (errorCode(error) === null) throw error;
  }
}

function memoryOf(value: unknown): AgentMemory {
  if (!isRecord(value)) return NOTHING;
  const told = isRecord(value.told) ? value.told : {};
  return {
    told: { findings: recordOf(told.findings, notifiedOf), showing: told.showing === true },
    snooze: recordOf(value.snooze, snoozedOf),
    shown: isRecord(value.shown) ? inSightOf(value.shown) : null,
  };
}

function notifiedOf({ severity, title, at, resolvedAt }: Fields): NotifyState['findings'][string] | null {
  const known = SEVERITIES.find((one) => one === severity);
  if (known === undefined || typeof title !== 'string' || typeof at !== 'number') return null;
  return { severity: known, title, at, resolvedAt: typeof resolvedAt === 'number' ? resolvedAt : null };
}

function snoozedOf({ until, severity, title }: Fields): Snoozed | null {
  if (typeof until !== 'number' || typeof severity !== 'string' || typeof title !== 'string') return null;
  return { until, severity, title };
}

function inSightOf({ id, owner, session }: Fields): InSight | null {
  if (typeof id !== 'number' || typeof owner !== 'string' || typeof session !== 'string') return null;
  return { id, owner, session };
}

type Fields = Readonly<Record<string, unknown>>;

function recordOf<Value>(value: unknown, read: (fields: Fields) => Value | null): Record<string, Value> {
  const result: Record<string, Value> = {};
  if (!isRecord(value)) return result;
  for (const [key, entry] of Object.entries(value)) {
    const known = isRecord(entry) ? read(entry) : null;
    if (known !== null) result[key] = known;
  }
  return result;
}

function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
