import { readFileSync, statSync } from 'node:fs';
import { SNAPSHOT_SCHEMA, type Snapshot } from '../model/snapshot.ts';
import { errorCode } from '../system/system-error.ts';
import { expandSnapshot } from './compact-snapshot.ts';
import type { Result } from './result.ts';
import { snapshotForm } from './snapshot-form/snapshot.ts';

/** A snapshot with the modules of seven kernels takes under 10 MB. One MB of text takes up to 8 MB of memory. */
const LIMIT = 16 * 1024 * 1024;
/** That snapshot has some 100,000 values. Each takes up to 250 bytes of memory, however short its text is. */
const VALUES_MAX = 500_000;
const COMPLAINT_MAX = 300;

/** Reads a snapshot that `aufswatch snapshot` wrote, here or on another machine. */
export function readSavedSnapshot(path: string): Result<Snapshot> {
  const text = readLimited(path);
  if (!text.ok) return text;
  if (hasTooMany(text.value)) return { ok: false, message: `${path} holds more than ${VALUES_MAX} values` };
  let value: unknown;
  try {
    value = JSON.parse(text.value);
  } catch {
    return { ok: false, message: `${path} is not JSON; save one with: aufswatch snapshot > FILE` };
  }
  const result = snapshotForm.safeParse(expandSnapshot(value));
  if (result.success) return { ok: true, value: result.data };
  const [issue] = result.error.issues;
  if (issue?.path[0] === 'schema') {
    return {
      ok: false,
      message: `${path} is a snapshot of another form than ${SNAPSHOT_SCHEMA}; take it again`,
    };
  }
  const where = issue === undefined || issue.path.length === 0 ? '' : `${issue.path.join('.')}: `;
  return {
    ok: false,
    message: `${path} is not a whole snapshot: ${`${where}${issue?.message}`.slice(0, COMPLAINT_MAX)}`,
  };
}

/** Counts what begins or separates values. Commas and brackets inside texts count as well; they are few. */
function hasTooMany(json: string): boolean {
  let values = 0;
  for (let at = 0; at < json.length && values <= VALUES_MAX; at++) {
    const character = json.charCodeAt(at);
    if (character === COMMA || character === BRACKET || character === BRACE) values++;
  }
  return values > VALUES_MAX;
}

const COMMA = 0x2c;
const BRACKET = 0x5b;
const BRACE = 0x7b;

function readLimited(path: string): Result<string> {
  try {
    const stat = statSync(path);
    // A FIFO is allowed: process substitution passes one. A device never ends.
    if (stat.isDirectory() || stat.isBlockDevice()) return { ok: false, message: `${path} is not a file` };
    if (stat.size > LIMIT) return { ok: false, message: `${path} is larger than ${LIMIT} bytes` };
    return { ok: true, value: readFileSync(path, 'utf8') };
  } catch (error) {
    const code = errorCode(error);
    if (code === null) throw error;
    return { ok: false, message: `${path} cannot be read: ${code === 'ENOENT' ? 'no such file' : code}` };
  }
}
