import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The checkout: tests run from build/test/support. */
const CHECKOUT = join(import.meta.dirname, '..', '..', '..');

/**
 * Compares a text with the file under FOLDER/golden. `UPDATE_GOLDEN=1 npm test -- FOLDER` writes the files again: read the
 * difference before you commit it.
 */
export function assertGolden(name: string, text: string, folder = 'test/cli'): void {
  const path = join(CHECKOUT, folder, 'golden', name);
  if (process.env.UPDATE_GOLDEN === '1') {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return;
  }
  assert.equal(text, readFileSync(path, 'utf8'), `${name} differs; UPDATE_GOLDEN=1 writes it again`);
}
