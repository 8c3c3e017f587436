import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { replaceFile } from '../../files/replace-file.ts';
import { SNAPSHOT_SCHEMA } from '../../model/snapshot.ts';
import { missingHooks } from '../../setup/missing-hooks.ts';
import { hookSince } from '../../setup/unreported-merge.ts';
import { packageCategories } from '../../system/emerge-activity.ts';
import { readSnapshot } from '../../system/read-snapshot.ts';
import { createRecorder, type Recorded } from '../../system/rests/recorder.ts';
import { joinRests, type Rests, readRests, restsText } from '../../system/rests/rests-file.ts';
import { openRoot } from '../../system/root.ts';
import { beginScan } from '../../system/scan-budget.ts';
import { errorCode } from '../../system/system-error.ts';
import { isRequest, type ScanAnswer, type ScanFailure, type ScanRequest } from './request.ts';

/** What a scan has not read after this time is unknown, ms. It is long: nobody waits for it, and a disk can be slow. */
const SCAN_LIMIT = 5 * 60_000;

/** The process that scans for the daemon. Resolves when the daemon disconnects or dies. */
export async function serveScans(): Promise<number> {
  // A service manager or a terminal sends these to all processes, but only the daemon ends this one.
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => {});
  process.on('message', (message) => {
    // An error here means that the daemon was killed meanwhile.
    void answer(message).then((text) => process.send?.(text, undefined, undefined, () => {}));
  });
  await new Promise<void>((resolve) => process.once('disconnect', resolve));
  return 0;
}

async function answer(message: unknown): Promise<ScanAnswer | ScanFailure> {
  const form = SNAPSHOT_SCHEMA;
  try {
    if (!isRequest(message)) return { form, failure: 'the request has the form of another version' };
    return await scan(message);
  } catch (error) {
    return { form, failure: (error instanceof Error ? error.stack : null) ?? String(error) };
  }
}

async function scan(request: ScanRequest): Promise<ScanAnswer> {
  const recorder = createRecorder({ root: request.root, startedAt: Date.now() });
  const root = openRoot(request.root, beginScan(SCAN_LIMIT), undefined, recorder);
  const { preferences, takenAt, earlier } = request;
  const hashes = new Map(request.hashes);
  const snapshot = await readSnapshot(
    root,
    { preferences, takenAt, hashImages: false, hashes, recorder },
    earlier === null ? undefined : { snapshot: earlier.snapshot, parts: new Set(earlier.parts) },
  );
  const seen = {
    snapshot,
    hashes: [...hashes],
    missingHooks: missingHooks(root),
    hookSince: hookSince(root),
    categories: packageCategories(root),
  };
  return { form: SNAPSHOT_SCHEMA, ...seen, scan: keepRests(request, root.path, recorder.recorded()) };
}

/** Writes the file of rests. Returns the name of this scan in it; null: it could not be written, and commands scan themselves. */
function keepRests(
  { rests: { file, earlier } }: ScanRequest,
  root: string,
  recorded: Recorded,
): string | null {
  const scanName = randomUUID();
  const before = earlier === null ? null : readKept(file);
  const rests = joinRests({ scan: scanName, root }, recorded, before?.scan === earlier ? before : null);
  try {
    // It holds names from directories that other users may not read.
    replaceFile(file, restsText(rests), rests.isPublic ? 0o644 : 0o600);
    return scanName;
  } catch (error) {
    if (errorCode(error) === null) throw error;
    return null;
  }
}

function readKept(file: string): Rests | null {
  try {
    return readRests(readFileSync(file, 'utf8'));
  } catch (error) {
    if (errorCode(error) === null) throw error;
    return null;
  }
}
