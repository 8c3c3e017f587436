import { ALL_PARTS, type Part } from '../model/part.ts';
import { type CycleOptions, createCycle, type DaemonCycle } from './cycle.ts';
import { SCANS } from './helper-words.ts';
import { createScanner } from './scan/scanner.ts';
import type { Scope } from './scope.ts';
import { createWorker } from './worker.ts';

/** Scans the machine when requested, one scan at a time. */
export interface Scans {
  readonly cycle: DaemonCycle;
  /** Reads these parts again; with none, only judges again. */
  request(parts: ReadonlySet<Part>): void;
  /** Resolves when no scan is under way or due. */
  idle(): Promise<void>;
}

export interface ScansOptions extends Omit<CycleOptions, 'scanner'> {
  /** The words that start this program, for the process that scans. */
  readonly program: readonly [string, ...string[]];
  /** Called after each scan. The next one waits for it. */
  scanned(): Promise<void>;
}

export function openScans(scope: Scope, options: ScansOptions): Scans {
  const worker = scope.add(
    createWorker<ReadonlySet<Part>>(joined, async (parts) => {
      await cycle.run(parts);
      await options.scanned();
    }),
    ({ idle }) => idle(),
  );
  const scanner = scope.add(
    createScanner({
      command: [...options.program, SCANS],
      progress: () => cycle.progress(),
      answered: () => worker.request(ALL_PARTS),
    }),
    ({ close }) => close(),
  );
  options.signal.addEventListener('abort', () => scanner.close());
  const cycle = createCycle({ ...options, scanner });
  return { ...worker, cycle };
}

function joined(a: ReadonlySet<Part>, b: ReadonlySet<Part>): ReadonlySet<Part> {
  return new Set([...a, ...b]);
}
