import { hostname } from 'node:os';
import { join } from 'node:path';
import type { ScheduledTask } from 'node-cron';
import type { SettingsResult } from '../config/read-settings.ts';
import type { Settings } from '../config/settings.ts';
import { makeDirectory } from '../files/make-directory.ts';
import { INBOX } from '../inbox/read-inbox.ts';
import { ACKS } from '../ledger/acks-file.ts';
import { ALL_PARTS, type Part } from '../model/part.ts';
import type { Stamped } from '../published/form.ts';
import { remoteMounts } from '../system/remote-mounts.ts';
import { openRoot, type Root } from '../system/root.ts';
import { errorCode } from '../system/system-error.ts';
import { createSettling } from '../watch/settle.ts';
import { watchList } from '../watch/watch-list.ts';
import { openWatcher } from '../watch/watcher.ts';
import { isKernelDirectory, lookForWork } from './at-work.ts';
import { checkApart } from './check-apart.ts';
import { createCycle } from './cycle.ts';
import { createGuard } from './guard.ts';
import { LOOKS } from './helper-words.ts';
import { createHints } from './hints.ts';
import { takeInstanceLock } from './instance-lock.ts';
import type { Log } from './log.ts';
import { createLooker } from './look/looker.ts';
import { createMetricsFile } from './metrics-file.ts';
import { openMemory } from './open-memory.ts';
import { insideRoot, type Paths } from './paths.ts';
import { createRehearsals } from './rehearsals.ts';
import { scheduled } from './scheduled.ts';
import type { ServiceManager } from './service-manager.ts';
import { createVoice } from './voice.ts';
import { createWorker } from './worker.ts';

type Request = 'look' | 'reload' | 'beat';

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
/** A watch stands a moment after it was asked for; what happened meanwhile is seen by this look, ms. */
const POLL_SOON = 300;
const HEARTBEAT = 60_000;
const LOOK_LIMIT = 60_000;
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
    return openRoot(options.root, () => performance.now() - start > LOOK_LIMIT, mayAsk);
  };
  let { settings, firstFrom: settingsFrom } = options;
  let tidying: NodeJS.Timeout | null = null;
  const work = lookForWork({
    root,
    isKernelDirectory: (directory) => {
      const snapshot = cycle.snapshot();
      return snapshot !== null && isKernelDirectory(snapshot, directory);
    },
    now,
  });
  const voice = createVoice({
    remembered: () => memory.voice(),
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
  const looker = createLooker({
    command: [...options.program, LOOKS],
    progress: () => cycle.progress(),
    answered: () => worker.ask(ALL_PARTS),
  });
  signal.addEventListener('abort', () => looker.close());
  const cycle = createCycle({
    root: options.root,
    looker,
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
      voice.hear(published);
      guard.hear(published.findings);
      metrics.hear(published);
      rehearsals.hear(cycle.snapshot(), published);
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
    looker.close();
    memory.close();
    lock.release();
    return cycle.failed() ? 1 : 0;
  }

  const hints = createHints(log, () => performance.now());
  const settling = createSettling({
    get quiet() {
      return settings.settle.quiet;
    },
    get longest() {
      return settings.settle.longest;
    },
    busy: () => watcher.moves(now() - settings.settle.quiet) || work.busy(),
    // Not the clock of the day, which is set now and then, back as well.
    now: () => performance.now(),
    done: () => {
      watcher.wake();
      worker.ask(hints.take());
    },
  });
  const watcher = openWatcher(root, (hint) => {
    hints.add(hint);
    settling.poke();
  });

  let jobs: readonly ScheduledTask[] = [];
  handle = (request) => {
    if (request === 'beat') return cycle.beat();
    log.debug({ signal: request }, 'asked by a signal: looking');
    if (request === 'reload') reload();
    worker.ask(ALL_PARTS);
  };
  if (reloadEarly) reload();
  worker.ask(ALL_PARTS);
  await worker.idle();
  manager.ready(cycle.headline());
  jobs = keepSchedule();
  const timers = [
    setInterval(() => void poll(), POLL),
    setInterval(() => cycle.beat(), HEARTBEAT),
    ...(manager.aliveEvery === null
      ? []
      : [setInterval(() => cycle.alive() && manager.alive(), manager.aliveEvery)]),
  ];

  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve());
  });
  settling.stop();
  guard.stop();
  rehearsals.stop();
  for (const timer of timers) clearInterval(timer);
  endSchedule();
  await Promise.all([manager.stopping(), watcher.close(), worker.idle(), voice.stop()]);
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
    await watcher.follow([...watchList(snapshot, cycle.categories()), state]);
    setTimeout(() => void poll(), POLL_SOON).unref();
  }

  /** What a look leaves behind is several MB, and the next one may be a quarter of an hour away. */
  function tidySoon(): void {
    if (tidying !== null) clearTimeout(tidying);
    tidying = setTimeout(options.tidy, TIDY).unref();
  }

  async function poll(): Promise<void> {
    if (signal.aborted) return;
    await watcher.poll();
    // Watches fail a moment after they were asked for; that is worth a verdict of its own.
    if (cycle.degraded(watcher.degraded())) worker.ask(new Set());
  }

  function keepSchedule(): ScheduledTask[] {
    const { reconcile, nightly } = settings.schedule;
    return [
      scheduled(reconcile, 'reconcile', log, () => {
        log.debug('time to read everything again: looking');
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

/** Makes the directories; null, or what is wrong. */
function prepareState(paths: Paths): string | null {
  if (paths.refused !== null) return paths.refused;
  for (const [directory, mode] of [
    [paths.state, 0o750],
    [paths.runtime, 0o755],
  ] as const) {
    try {
      makeDirectory(directory, mode);
    } catch (error) {
      const code = errorCode(error);
      if (code === null) throw error;
      return `${directory} cannot be made (${code}): ${whatToDo(code)}`;
    }
  }
  return null;
}

function whatToDo(code: string): string {
  switch (code) {
    case 'EEXIST':
    case 'ENOTDIR':
      return 'something else has its name, or is on the way to it; move that away';
    case 'EROFS':
      return 'the file system is read-only; mount it for writing';
    case 'ENOSPC':
    case 'EDQUOT':
      return 'the disk is full; make room';
    case 'EACCES':
    case 'EPERM':
      return process.getuid?.() === 0
        ? 'root may not either; look at its attributes'
        : 'run as root, or set XDG_STATE_HOME';
    default:
      return 'look at that directory';
  }
}
