import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HOOK } from '../hooks/run-phase.ts';
import { median } from './paired.ts';
import type { BenchRow } from './row.ts';

const ROUNDS = 7;
/** How often a file is sourced in one round. */
const TIMES = 2000;

/** Sources a file many times as Portage does for a package that does not matter; prints µs for each time. */
const SCRIPT = `
EBUILD_PHASE=$2 CATEGORY=app-misc PN=hello INHERITED=' toolchain-funcs flag-o-matic'
start=\${EPOCHREALTIME/./}
for ((n = 0; n < ${TIMES}; n++)); do source "$1"; done
printf '%s' "$(((\${EPOCHREALTIME/./} - start) * 1000 / ${TIMES}))"
`;

/** The time that the hook adds to each phase of a package that does not matter, compared with an empty file. */
export async function benchHook(): Promise<BenchRow[]> {
  const directory = mkdtempSync(join(tmpdir(), 'aufswatch-bench-'));
  try {
    const empty = join(directory, 'empty');
    writeFileSync(empty, '');
    return ['compile', 'postinst'].map((phase) => ({
      what: `hook: a phase (${phase}) of a package that does not matter`,
      value: median(Array.from({ length: ROUNDS }, () => sourced(HOOK, phase) - sourced(empty, phase))),
      unit: 'µs',
      limit: 100,
    }));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** µs */
function sourced(file: string, phase: string): number {
  const words = ['--norc', '-c', SCRIPT, 'bash', file, phase];
  return Number(execFileSync('bash', words, { encoding: 'utf8', timeout: 60_000 })) / 1000;
}
