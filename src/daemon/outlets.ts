import { hostname } from 'node:os';
import type { Settings } from '../config/settings.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Published } from '../published/form.ts';
import type { Root } from '../system/root.ts';
import { createGuard } from './guard.ts';
import type { Log } from './log.ts';
import { createMetricsFile } from './metrics-file.ts';
import { createNotifier } from './notifier.ts';
import type { DaemonMemory } from './open-memory.ts';
import type { Paths } from './paths.ts';
import { createRehearsals } from './rehearsals.ts';
import type { Scope } from './scope.ts';

/** What acts on a verdict that was published: metrics, commands of the user, the guard of reboots, rehearsals. */
export interface Outlets {
  /** `snapshot`: what the verdict was made of; null: the machine was not read yet. */
  update(published: Published, snapshot: Snapshot | null): void;
}

export interface OutletOptions {
  readonly paths: Paths;
  readonly rehearseCommand: readonly [string, ...string[]];
  readonly memory: DaemonMemory;
  readonly log: Log;
  root(): Root;
  settings(): Settings;
  now(): number;
  /** Called when a rehearsal was recorded in the ledger. */
  rehearsed(): void;
}

export function openOutlets(scope: Scope, options: OutletOptions): Outlets {
  const { paths, memory, log, root, settings, now } = options;
  const metrics = createMetricsFile({ root, settings, kernels: () => memory.kernels(), log });
  const notifier = scope.add(
    createNotifier({
      remembered: () => memory.notifierMemory(),
      remember: (text, sent) => memory.recordNotices(text, sent),
      settings,
      host: hostname(),
      log,
      now,
    }),
    (started) => started.stop(),
  );
  const guard = scope.add(createGuard({ paths, settings, log }), (started) => started.stop());
  const rehearsals = scope.add(
    createRehearsals({ command: options.rehearseCommand, settings, log, recorded: options.rehearsed }),
    (started) => started.stop(),
  );
  return {
    update: (published, snapshot) => {
      metrics.update(published);
      // Before the first reading there are no findings; to the others that would mean that all were resolved.
      if (published.takenAtMs === 0) return;
      notifier.update(published);
      guard.update(published.findings);
      rehearsals.update(snapshot, published);
    },
  };
}
