import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { temporaryDirectory } from '../../support/temporary.ts';
import { BENCH, kernelDirectory } from './cache.ts';
import { KERNELS } from './variants.ts';

/** Length of the extended state of a processor, in bytes. */
const PROCESSORS = { 'SSE alone': 576, AVX: 832, 'AVX-512 and PKRU': 2696, AMX: 11008 } as const;

/** The headers of User-mode Linux that registers.c needs; xstate.c has what it uses from them. */
const HEADERS = ['longjmp.h', 'registers.h', 'sysdep/ptrace_user.h'] as const;

/**
 * The kernels of the matrix are compiled once and run anywhere. Not every processor is available, so the host is
 * simulated.
 */
suite('the registers of a guest can be set on any processor', () => {
  const program = join(temporaryDirectory(), 'xstate');

  test('registers.c compiles against the simulated host', () => {
    const headers = `${program}-headers`;
    mkdirSync(join(headers, 'sysdep'), { recursive: true });
    for (const name of HEADERS) writeFileSync(join(headers, name), '');
    const sources = join(kernelDirectory(KERNELS[0]?.name ?? ''), 'source/arch/x86/um/os-Linux');
    const words = ['-O1', '-I', headers, '-I', sources, '-o', program, join(BENCH, 'host/xstate.c')];
    execFileSync('gcc', words, { timeout: 60_000 });
  });

  for (const [processor, size] of Object.entries(PROCESSORS)) {
    test(processor, () => {
      const { status, stdout } = spawnSync(program, [String(size)], { encoding: 'utf8', timeout: 10_000 });
      assert.equal(status, 0, stdout);
    });
  }
});
