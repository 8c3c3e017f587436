import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { DEFAULT_SETTINGS } from '../../src/config/settings.ts';
import { createCycle } from '../../src/daemon/cycle.ts';
import type { Log } from '../../src/daemon/log.ts';
import { createMetricsFile } from '../../src/daemon/metrics-file.ts';
import { openMemory } from '../../src/daemon/open-memory.ts';
import type { Scanned } from '../../src/daemon/scan/scanner.ts';
import { DEFAULT_PREFERENCES } from '../../src/model/preferences.ts';
import type { Published } from '../../src/published/form.ts';
import { readPublished } from '../../src/published/read.ts';
import { readSnapshot } from '../../src/system/read-snapshot.ts';
import { openRoot } from '../../src/system/root.ts';
import { aufswatch } from '../support/program.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const NOW = Date.now();
const log: Log = { level: 'info', debug() {}, info() {}, warn() {}, error() {} };
const PARTS = new Set(['portage' as const]);
const SILENT: Scanned = { outcome: 'no-answer', path: '/usr/src', silent: 30_000 };

/** A cycle whose scans have the outcome that the test chooses. */
async function cycleIn(root: string, outcome: () => Scanned) {
  const paths = {
    state: join(root, 'var/lib/aufswatch'),
    runtime: join(root, 'run/aufswatch'),
    refused: null,
  };
  const lock = { failure: () => null };
  const check = async () => 'sound' as const;
  const memory = await openMemory({ root, paths, log, lock, check, now: () => NOW });
  const updates: Published[] = [];
  const cycle = createCycle({
    root,
    scanner: { scan: async () => outcome(), close() {} },
    paths,
    memory,
    log,
    manager: { ready() {}, status() {}, alive() {}, stopping: async () => {}, aliveEvery: null },
    settings: () => DEFAULT_SETTINGS,
    settingsFrom: () => null,
    now: () => NOW,
    busy: () => false,
    published: (published) => updates.push(published),
    signal: new AbortController().signal,
  });
  const status = join(paths.runtime, 'status.json');
  return {
    cycle,
    updates,
    memory,
    publishedStatus: () => readPublished(readFileSync(status, 'utf8'))?.status ?? null,
  };
}

test('the status of a machine that never answered says that nothing is known, and that the daemon runs', async () => {
  const root = temporaryDirectory();
  const { cycle, publishedStatus, updates, memory } = await cycleIn(root, () => SILENT);
  await cycle.run(PARTS);
  assert.deepEqual(publishedStatus()?.unread, { path: '/usr/src', sinceMs: NOW - 30_000 });
  assert.equal(publishedStatus()?.takenAtMs, 0, 'nothing was read yet');
  cycle.beat();
  assert.equal(updates.length, 2, 'it reports that it runs; otherwise OpenRC would restart it');
  const { out, status } = aufswatch(['status', '--line', '--root', root]);
  assert.deepEqual({ out, status }, { out: 'aufs: ? /usr/src does not answer\n', status: 3 });
  const doctor = aufswatch(['doctor', '--root', root]);
  assert.match(doctor.out, /the daemon cannot read this machine: \/usr\/src does not answer/);
  const file = join(root, 'aufswatch.prom');
  const metrics = {
    ...DEFAULT_SETTINGS,
    metrics: { ...DEFAULT_SETTINGS.metrics, textfile: '/aufswatch.prom' },
  };
  const writer = createMetricsFile({
    root: () => openRoot(root),
    settings: () => metrics,
    kernels: () => null,
    log,
  });
  for (const published of updates) writer.update(published);
  assert.match(readFileSync(file, 'utf8'), /^aufswatch_unread_since_timestamp_seconds \d+/m);
  memory.close();
});

test('while the machine does not answer, the previous verdict is published with that fact', async () => {
  const root = temporaryDirectory();
  const options = { preferences: DEFAULT_PREFERENCES, takenAt: NOW, hashImages: false };
  const snapshot = await readSnapshot(openRoot(root), options);
  const seen: Scanned = {
    outcome: 'seen',
    snapshot,
    scan: null,
    hashes: [],
    missingHooks: ['the hook in bashrc'],
    hookSince: null,
    categories: [],
  };
  let outcome: Scanned = seen;
  const { cycle, publishedStatus, memory } = await cycleIn(root, () => outcome);
  await cycle.run(PARTS);
  const codes = publishedStatus()?.findings.map(({ code }) => code) ?? [];
  assert.deepEqual([publishedStatus()?.unread, codes.includes('hook-missing')], [null, true]);
  outcome = SILENT;
  await cycle.run(PARTS);
  assert.equal(publishedStatus()?.unread?.path, '/usr/src');
  assert.deepEqual(
    publishedStatus()?.findings.map(({ code }) => code),
    codes,
  );
  assert.equal(publishedStatus()?.takenAtMs, NOW);
  outcome = seen;
  await cycle.run(PARTS);
  assert.equal(publishedStatus()?.unread, null);
  memory.close();
});
