import { join } from 'node:path';
import type { StampedSettings, StampedSettingsResult } from '../config/stamped-settings.ts';
import { ALL_PARTS } from '../model/part.ts';
import { detectWork, isKernelDirectory } from './at-work.ts';
import { checkApart } from './check-apart.ts';
import type { DaemonCycle } from './cycle.ts';
import { type InstanceLock, takeInstanceLock } from './instance-lock.ts';
import { liveSettings } from './live-settings.ts';
import { localRoot } from './local-root.ts';
import type { Log } from './log.ts';
import { openMemory } from './open-memory.ts';
import { openOutlets } from './outlets.ts';
import type { Paths } from './paths.ts';
import { prepareState } from './prepare-state.ts';
import { type Request, receiveRequests } from './requests.ts';
import { openScans } from './scans.ts';
import { inScope, type Scope } from './scope.ts';
import type { ServiceManager } from './service-manager.ts';
import { openTriggers } from './triggers.ts';

export interface DaemonOptions {
  /** Root directory of the machine to follow. */
  readonly root: string;
  readonly paths: Paths;
  readonly settings: StampedSettings;
  /** Reads the configuration again, on SIGHUP. */
  readSettings(): StampedSettingsResult;
  readonly manager: ServiceManager;
  readonly log: Log;
  /** The words that start this program, for the daemon's helper processes. */
  readonly program: readonly [string, ...string[]];
  /** `aufswatch rehearse` for this machine. */
  readonly rehearseCommand: readonly [string, ...string[]];
  now(): number;
  /** One scan, recorded and published, and no more. */
  readonly once: boolean;
  /** Called a moment after a scan: gives back the memory that it took. */
  tidy(): void;
  /** Ends the daemon. */
  readonly signal: AbortSignal;
  /** Sets the handler of signals. */
  onRequest(handler: (request: Request) => void): void;
}

/** How often the heartbeat is written, ms. */
const HEARTBEAT = 60_000;

/** Follows the machine until the signal. Resolves to the exit status. */
export async function runDaemon(options: DaemonOptions): Promise<number> {
  const { paths, log, once } = options;
  const handleRequests = receiveRequests(options.onRequest);
  const problem = prepareState(paths);
  if (problem !== null) {
    log.error(problem);
    return 1;
  }
  const lock = takeInstanceLock(join(paths.state, 'daemon.lock'));
  if (lock === null) {
    log.error(`another aufswatch daemon uses ${paths.state}; stop it first, or use another state directory`);
    return 1;
  }
  const exit = await inScope((scope) => run(options, lock, handleRequests, scope));
  if (!once) log.info('stopped');
  return exit;
}

/** Each part is added to the scope where it starts; the scope ends them in reverse order. */
async function run(
  options: DaemonOptions,
  lock: InstanceLock,
  handleRequests: (handler: (request: Request) => void) => void,
  scope: Scope,
): Promise<number> {
  const { log, manager, now, once, signal } = options;
  scope.add(lock, ({ release }) => release());
  const check = (path: string) => checkApart(options.program, path, signal);
  const memory = scope.add(await openMemory({ ...options, lock, check }), ({ close }) => close());
  const live = liveSettings(options);
  const settings = () => live.now.value;
  const root = () => localRoot(options.root);
  const isSource = (path: string) => isKernelDirectory(scans.cycle.snapshot(), path);
  const work = detectWork({ root, now, isKernelDirectory: isSource });
  const rehearsed = () => scans.request(new Set());
  const outlets = openOutlets(scope, { ...options, memory, root, settings, rehearsed });
  const scans = openScans(scope, {
    ...options,
    memory,
    settings,
    settingsFrom: () => live.now.from,
    busy: () => work.current() !== null,
    // A single scan is for the caller alone.
    published: (published) => {
      if (!once) outlets.update(published, scans.cycle.snapshot());
    },
    scanned: async () => {
      if (!once) await triggers.scanned();
    },
  });
  const { cycle } = scans;
  if (once) {
    scans.request(ALL_PARTS);
    await scans.idle();
    return cycle.failed() ? 1 : 0;
  }

  const triggers = openTriggers(scope, {
    ...options,
    scans,
    settings,
    openRoot: root,
    work: work.current,
    nightly: () => void memory.maintain(settings()),
  });
  handleRequests((request) => {
    if (request === 'beat') return cycle.beat();
    log.debug({ signal: request }, 'scan requested by a signal');
    if (request === 'reload') {
      live.reload();
      triggers.schedules.reload();
    }
    scans.request(ALL_PARTS);
  });
  scans.request(ALL_PARTS);
  await scans.idle();
  manager.ready(cycle.headline());
  scope.add(manager, ({ stopping }) => stopping());
  triggers.schedules.start();
  startBeats(scope, cycle, manager);
  await aborted(signal);
  return 0;
}

/** The heartbeat in status.json, and that of the service manager (WatchdogSec=). */
function startBeats(scope: Scope, cycle: DaemonCycle, manager: ServiceManager): void {
  scope.add(setInterval(cycle.beat, HEARTBEAT), clearInterval);
  if (manager.aliveEvery === null) return;
  const alive = () => cycle.alive() && manager.alive();
  scope.add(setInterval(alive, manager.aliveEvery), clearInterval);
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve());
  });
}
