import assert from 'node:assert/strict';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { temporaryDirectory } from '../../support/temporary.ts';
import { kernelDirectory } from './cache.ts';
import { runInGuest } from './guest.ts';
import { KERNELS } from './variants.ts';

suite('a guest that stops', () => {
  const directory = temporaryDirectory();
  const kernel = join(kernelDirectory(KERNELS[0]?.name ?? ''), 'build/linux');

  test('is reported with its last line of console, without waiting for the timeout', async () => {
    const died = /the guest stopped before its script ended: (?!no end).*Kernel panic.*init/;
    await assert.rejects(runInGuest(kernel, 'true', directory, ['init=/nonexistent']), died);
  });

  test('is reported the same way if its first process dies', async () => {
    const died = /script ended: (?!no end).*Kernel panic.*Attempted to kill init/;
    await assert.rejects(runInGuest(kernel, 'true', directory, ['init=/bin/false']), died);
  });
});
