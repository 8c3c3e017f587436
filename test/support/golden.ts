import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The checkout: tests run from build/test/support. */
const CHECKOUT = join(import.meta.dirname, '..', '..', '..');

/**
 * Holds a text against the file under FOLDER/golden that says what it must be. `UPDATE_GOLDEN=1 npm test -- FOLDER`
 * writes the files anew: read the difference before it is committed.
 */
export function assertGolden(name: string, text: string, folder = 'test/cli'): void {
  const path = join(CHECKOUT, folder, 'golden', name);
  if (process.env.UPDATE_GOLDEN === '1') {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return;
  }
  assert.equal(text, readFileSync(path, 'utf8'), `${name} differs; UPDATE_GOLDEN=1 writes it anew`);
}
