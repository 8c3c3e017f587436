import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after } from 'node:test';

const users = new Set<() => void>();
/** Time after which a killed process is gone, ms. */
const DYING = 50;

/** Registers a process that writes to a temporary directory. It is ended before the directories are removed. */
export function endBeforeRemoval(end: () => void): void {
  users.add(end);
}

/** Ends them now, for callers that are not tests. */
export function endAll(): void {
  for (const end of users) end();
  if (users.size > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, DYING);
  users.clear();
}

/** A directory that is removed when the tests of this file, or of this suite, are over. `within`: where it is made. */
export function temporaryDirectory(within = tmpdir()): string {
  mkdirSync(within, { recursive: true });
  const directory = mkdtempSync(join(realpathSync(within), 'aufswatch-'));
  after(() => {
    endAll();
    rmSync(directory, { recursive: true, force: true, maxRetries: 10 });
  });
  return directory;
}

/** Writes files below a directory; `{ 'etc/fstab': 'text' }`. Directories on the way are made. */
export function layOut(directory: string, files: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [name, content] of Object.entries(files)) {
    const path = join(directory, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
}
