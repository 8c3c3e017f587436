import { hostname } from 'node:os';
import { join } from 'node:path';
import type { ScheduledTask } from 'node-cron';
import type { SettingsResult } from '../config/read-settings.ts';
import type { Settings } from '../config/settings.ts';
import { INBOX } from '../inbox/read-inbox.ts';
import { ACKS } from '../ledger/acks-file.ts';
import { ALL_PARTS, type Part } from '../model/part.ts';
import type { Stamped } from '../published/form.ts';
import { remoteMounts } from '../system/remote-mounts.ts';
import { openRoot, type Root } from '../system/root.ts';
import { followMachine } from '../watch/follow-machine.ts';
import { watchList } from '../watch/watch-list.ts';
import { detectWork, isKernelDirectory } from './at-work.ts';
import { checkApart } from './check-apart.ts';
import { createCycle } from './cycle.ts';
import { createGuard } from './guard.ts';
import { SCANS } from './helper-words.ts';
import { createHints } from './hints.ts';
import { takeInstanceLock } from './instance-lock.ts';
import type { Log } from './log.ts';
import { createMetricsFile } from './metrics-file.ts';
import { createNotifier } from './notifier.ts';
import { openMemory } from './open-memory.ts';
import { insideRoot, type Paths } from './paths.ts';
import { prepareState } from './prepare-state.ts';
import { createRehearsals } from './rehearsals.ts';
import { createScanner } from './scan/scanner.ts';
import { scheduled } from './scheduled.ts';
import type { ServiceManager } from './service-manager.ts';
import { createWorker } from './worker.ts';

type Request = 'scan' | 'reload' | 'beat';

export interface DaemonOptions {
  /** Root directory of the machine to follow. */
  readonly root: string;
  readonly paths: Paths;
  readonly settings: Settings;
  /** settingsFrom() before these were read. */
  readonly firstFrom: Stamped | null;
  /** Reads the configuration again, on SIGHUP. */
  readSettings(): SettingsResult;
  /** The file that it is read from, as it is now; null: it may change unseen. */
  settingsFrom(): Stamped | null;
  readonly manager: ServiceManager;
  readonly log: Log;
  /** What starts this program, for the processes of its own that it has. */
  readonly program: readonly [string, ...string[]];
  /** `aufswatch rehearse` for this machine. */
  readonly rehearseCommand: readonly [string, ...string[]];
  now(): number;
  /** One look, recorded and published, and no more. */
  readonly once: boolean;
  /** Called when there has been nothing to do for a moment. */
  tidy(): void;
  readonly signal: AbortSignal;
  /** Told when asked to look again (SIGUSR1), to read the configuration (SIGHUP), or whether it lives (SIGUSR2). */
  onRequest(handler: (request: Request) => void): void;
}

/** How often places are looked at besides their watches, ms. */
const POLL = 30_000;
const HEARTBEAT = 60_000;
const SCAN_LIMIT = 60_000;
/** How soon after a look it tidies up, if there is no other until then, ms. */
const TIDY = 2000;

/** Follows the machine until the signal. Resolves to the exit status. */
export async function runDaemon(options: DaemonOptions): Promise<number> {
  const { paths, log, manager, now, signal } = options;
  // Long before there is anything to ask: without a handler these signals end the process.
  let reloadEarly = false;
  let handle = (request: Request): void => {
    if (request === 'reload') reloadEarly = true;
  };
  options.onRequest((request) => handle(request));
  const prepared = prepareState(paths);
  if (prepared !== null) {
    log.error(prepared);
    return 1;
  }
  const lock = takeInstanceLock(join(paths.state, 'daemon.lock'));
  if (lock === null) {
    log.error(`another aufswatch daemon uses ${paths.state}; stop it first, or use another state directory`);
    return 1;
  }
  const memory = await openMemory({
    ...options,
    lock,
    check: (path) => checkApart(options.program, path, signal),
  });
  /** What this process asks itself. It keeps away from what may not answer: that is for the process that looks. */
  const root = (): Root => {
    const start = performance.now();
    const remote = remoteMounts();
    const mayAsk = (host: string): boolean => remote === null || !remote.holds(host);
    return openRoot(options.root, () => performance.now() - start > SCAN_LIMIT, mayAsk);
  };
  let { settings, firstFrom: settingsFrom } = options;
  let tidying: NodeJS.Timeout | null = null;
  const work = detectWork({
    root,
    isKernelDirectory: (directory) => {
      const snapshot = cycle.snapshot();
      return snapshot !== null && isKernelDirectory(snapshot, directory);
    },
    now,
  });
  const notifier = createNotifier({
    remembered: () => memory.notifierMemory(),
    remember: (text, sent) => memory.recordNotices(text, sent),
    settings: () => settings,
    host: hostname(),
    log,
    now,
  });
  const guard = createGuard({ paths, settings: () => settings, log });
  const metrics = createMetricsFile({ root, settings: () => settings, kernels: () => memory.kernels(), log });
  const rehearsals = createRehearsals({
    command: options.rehearseCommand,
    settings: () => settings,
    log,
    recorded: () => worker.ask(new Set()),
  });
  const scanner = createScanner({
    command: [...options.program, SCANS],
    progress: () => cycle.progress(),
    answered: () => worker.ask(ALL_PARTS),
  });
  signal.addEventListener('abort', () => scanner.close());
  const cycle = createCycle({
    root: options.root,
    scanner,
    paths,
    memory,
    log,
    manager,
    now,
    settings: () => settings,
    settingsFrom: () => settingsFrom,
    busy: work.busy,
    signal,
    published: (published) => {
      // One look is for whoever asked for it: nobody else is told.
      if (options.once) return;
      metrics.update(published);
      // That nothing is known is no news of findings: they would be told as mended.
      if (published.takenAt === 0) return;
      notifier.update(published);
      guard.update(published.findings);
      rehearsals.update(cycle.snapshot(), published);
    },
  });
  const worker = createWorker<ReadonlySet<Part>>(
    (a, b) => new Set([...a, ...b]),
    async (parts) => {
      await cycle.run(parts);
      await arm();
      tidySoon();
    },
  );

  if (options.once) {
    worker.ask(ALL_PARTS);
    await worker.idle();
    scanner.close();
    memory.close();
    lock.release();
    return cycle.failed() ? 1 : 0;
  }

  const hints = createHints(log, () => performance.now());
  const following = followMachine({
    openRoot: root,
    spans: () => settings.settle,
    busy: work.busy,
    hinted: (hint) => hints.add(hint),
    scan: () => worker.ask(hints.take()),
    pollEvery: POLL,
    // Watches fail a moment after they were asked for; that is worth a verdict of its own.
    polled: (degraded) => {
      if (cycle.degraded(degraded)) worker.ask(new Set());
    },
    now,
  });

  let jobs: readonly ScheduledTask[] = [];
  handle = (request) => {
    if (request === 'beat') return cycle.beat();
    log.debug({ signal: request }, 'scan requested by a signal');
    if (request === 'reload') reload();
    worker.ask(ALL_PARTS);
  };
  if (reloadEarly) reload();
  worker.ask(ALL_PARTS);
  await worker.idle();
  manager.ready(cycle.headline());
  jobs = keepSchedule();
  const timers = [
    setInterval(() => cycle.beat(), HEARTBEAT),
    ...(manager.aliveEvery === null
      ? []
      : [setInterval(() => cycle.alive() && manager.alive(), manager.aliveEvery)]),
  ];

  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve());
  });
  guard.stop();
  rehearsals.stop();
  for (const timer of timers) clearInterval(timer);
  endSchedule();
  await Promise.all([manager.stopping(), following.stop(), worker.idle(), notifier.stop()]);
  memory.close();
  lock.release();
  log.info('stopped');
  return 0;

  /** The list of places follows from what was read last. */
  async function arm(): Promise<void> {
    const snapshot = cycle.snapshot();
    if (snapshot === null || signal.aborted || options.once) return;
    const state = {
      path: insideRoot(options.root, paths.state),
      parts: ['portage' as const],
      names: [INBOX, ACKS],
    };
    await following.follow([...watchList(snapshot, cycle.categories()), state]);
  }

  /** What a look leaves behind is several MB, and the next one may be a quarter of an hour away. */
  function tidySoon(): void {
    if (tidying !== null) clearTimeout(tidying);
    tidying = setTimeout(options.tidy, TIDY).unref();
  }

  function keepSchedule(): ScheduledTask[] {
    const { reconcile, nightly } = settings.schedule;
    return [
      scheduled(reconcile, 'reconcile', log, () => {
        log.debug('scheduled scan: everything is read again');
        worker.ask(ALL_PARTS);
      }),
      scheduled(nightly, 'nightly', log, () => void memory.maintain(settings)),
    ];
  }

  function endSchedule(): void {
    for (const job of jobs) void job.destroy();
  }

  function reload(): void {
    const from = options.settingsFrom();
    const result = options.readSettings();
    if (result.ok) {
      settings = result.value;
      settingsFrom = from;
      log.level = settings.log.level;
      if (jobs.length > 0) {
        endSchedule();
        jobs = keepSchedule();
      }
      log.info('configuration read again');
    } else {
      for (const mistake of result.mistakes) log.error(`${mistake}; the old configuration stays`);
    }
  }
}
