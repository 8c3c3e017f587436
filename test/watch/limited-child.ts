/** Run by watcher.test.ts in a user namespace with room for three inotify watches. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Part } from '../../src/model/part.ts';
import { openRoot } from '../../src/system/root.ts';
import { openWatcher } from '../../src/watch/watcher.ts';
import { until } from '../support/wait.ts';

const directory = mkdtempSync(join(tmpdir(), 'aufswatch-limited-'));
const paths = Array.from({ length: 6 }, (_, index) => `/d${index}`);
for (const path of paths) mkdirSync(join(directory, path));
const seen: Part[] = [];
const watcher = openWatcher(
  () => openRoot(directory),
  ({ parts }) => seen.push(...parts),
);
await watcher.follow(paths.map((path) => ({ path, parts: ['sources'] })));
await until('the limit is detected', () => watcher.degraded() !== null);
seen.length = 0;
for (const path of paths) writeFileSync(join(directory, path, 'x'), '');
await watcher.poll();
const polled = seen.length >= paths.length ? 'polled' : `only ${seen.length} polled`;
process.stdout.write(`degraded ${watcher.degraded()?.limit} ${polled}\n`);
await watcher.close();
rmSync(directory, { recursive: true });
process.exit(0);
