import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after } from 'node:test';

/** A directory that is removed when the tests of this file, or of this suite, are over. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(realpathSync(tmpdir()), 'aufswatch-'));
  after(() => rmSync(directory, { recursive: true, force: true }));
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
