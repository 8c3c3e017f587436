import { readFileSync, statSync } from 'node:fs';
import { SNAPSHOT_SCHEMA, type Snapshot } from '../model/snapshot.ts';
import { errorCode } from '../system/system-error.ts';
import { expandSnapshot } from './compact-snapshot.ts';
import type { Result } from './result.ts';
import { snapshotForm } from './snapshot-form.ts';

const LIMIT = 64 * 1024 * 1024;

/** Reads what `aufswatch snapshot` wrote, here or on another machine. */
export function readSavedSnapshot(path: string): Result<Snapshot> {
  const text = readLimited(path);
  if (!text.ok) return text;
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
  return { ok: false, message: `${path} is not a whole snapshot: ${where}${issue?.message}` };
}

function readLimited(path: string): Result<string> {
  try {
    const stat = statSync(path);
    // Process substitution hands over a FIFO, which is what the user asked for; a device never ends.
    if (stat.isDirectory() || stat.isBlockDevice()) return { ok: false, message: `${path} is not a file` };
    if (stat.size > LIMIT) return { ok: false, message: `${path} is larger than ${LIMIT} bytes` };
    return { ok: true, value: readFileSync(path, 'utf8') };
  } catch (error) {
    const code = errorCode(error);
    if (code === null) throw error;
    return { ok: false, message: `${path} cannot be read: ${code === 'ENOENT' ? 'no such file' : code}` };
  }
}
