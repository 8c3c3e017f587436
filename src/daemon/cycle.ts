import type { InboxReading } from '../inbox/read-inbox.ts';
import { inOneLine } from '../model/leading-findings.ts';
import { NO_MEMORY } from '../model/memory.ts';
import type { Part } from '../model/part.ts';
import { SNAPSHOT_SCHEMA, type Snapshot } from '../model/snapshot.ts';
import type { PublishedMatrix, Unread } from '../published/form.ts';
import { unreadText, unreadVerdict } from '../published/unread.ts';
import { CATALOGUE } from '../verdict/catalogue.ts';
import { judge } from '../verdict/judge.ts';
import { matrixOf } from '../verdict/matrix.ts';
import { assess } from '../verdict/situation.ts';
import type { Degraded } from '../watch/watcher.ts';
import { logTransitions } from './log-transitions.ts';
import type { Recorded } from './open-memory.ts';
import { restsPath } from './paths.ts';
import { createPublisher, NEVER_READ, type PublisherOptions } from './publisher.ts';
import type { Scanned, Scanner } from './scan/scanner.ts';
import { selfReports } from './self-reports.ts';
import type { ServiceManager } from './service-manager.ts';
import { openInbox } from './take-inbox.ts';

export interface CycleOptions extends PublisherOptions {
  /** Directory of the root. */
  readonly root: string;
  readonly scanner: Scanner;
  readonly manager: ServiceManager;
  /** Aborted while a long inbox is taken, the scan does not begin. The next start goes on where it ended. */
  readonly signal: AbortSignal;
}

/** One pass from facts to verdict, ledger and notices, each time that something may have changed. */
export interface DaemonCycle {
  /** Reads these parts again, judges, records and publishes. Never throws. */
  run(parts: ReadonlySet<Part>): Promise<void>;
  /** Publishes a heartbeat, and whether work is under way. */
  beat(): void;
  /** Stores which watches failed; returns whether that changed. */
  degraded(degraded: Degraded | null): boolean;
  /** Of the last scan; null: there was none. */
  snapshot(): Snapshot | null;
  /** Directories of the package database at the last scan. */
  categories(): readonly string[];
  /** The verdict in one line. */
  headline(): string;
  /** Call it when the scan under way makes progress. */
  progress(): void;
  /** False when a run made no progress for a long time. */
  alive(): boolean;
  /** Did the last run fail? */
  failed(): boolean;
}

type Seen = Extract<Scanned, { outcome: 'seen' }>;

/** A run without progress for longer than this hangs, ms. */
const HANGS = 5 * 60_000;

export function createCycle(options: CycleOptions): DaemonCycle {
  const { paths, memory, log, manager, now } = options;
  const publisher = createPublisher(options);
  const inboxes = openInbox(options);
  let last: Seen | null = null;
  /** Time of the last progress of the run under way, by a clock that nobody sets; null: no run is under way. */
  let movedAt: number | null = null;
  /** The file system that did not answer at the last scan; null: all answered. */
  let unanswered: Unread | null = null;
  let failed = false;
  let degraded: Degraded | null = null;
  const settleOf = new Map<string, number>(CATALOGUE.map(({ code, settle }) => [code, settle]));

  return {
    run: async (parts) => {
      const startedAt = performance.now();
      movedAt = startedAt;
      log.debug({ parts: [...parts] }, 'scan begins');
      try {
        failed = !(await once(parts, now()));
      } catch (error) {
        // A scan that fails must not end the daemon: there will be another one.
        failed = true;
        log.error({ error: error instanceof Error ? error.stack : String(error) }, 'this scan failed');
      }
      const ms = Math.round(performance.now() - startedAt);
      log.debug({ parts: [...parts], ms }, 'scanned the machine');
      movedAt = null;
    },
    beat: publisher.beat,
    degraded: (limits) => {
      const changed = limits?.places !== degraded?.places || limits?.limit !== degraded?.limit;
      degraded = limits;
      return changed;
    },
    snapshot: () => last?.snapshot ?? null,
    categories: () => last?.categories ?? [],
    headline: () => headline() ?? 'no verdict yet',
    progress: () => {
      if (movedAt !== null) movedAt = performance.now();
    },
    alive: () => movedAt === null || performance.now() - movedAt < HANGS,
    failed: () => failed,
  };

  /** Returns whether there is a verdict, and its record where there is a ledger. */
  async function once(parts: ReadonlySet<Part>, at: number): Promise<boolean> {
    const inbox = await inboxes.take();
    if (inbox.more && options.signal.aborted) return true;
    const scanned = await options.scanner.scan({
      form: SNAPSHOT_SCHEMA,
      root: options.root,
      preferences: options.settings().preferences,
      takenAt: at,
      hashes: last?.hashes ?? [],
      rests: { file: restsPath(paths), earlier: last?.scan ?? null },
      earlier: last === null ? null : { snapshot: last.snapshot, parts: [...parts] },
    });
    if (scanned.outcome !== 'seen') return notSeen(scanned);
    if (unanswered !== null) log.warn(`${unanswered.path ?? 'the file system'} answers again`);
    unanswered = null;
    last = scanned;
    const recorded = record(scanned, inbox, at);
    if (recorded !== 'again') return recorded === 'yes';
    return record(scanned, await inboxes.take(), at) === 'yes';
  }

  /** The last verdict stays, and the inbox is taken at the next scan. */
  function notSeen(scanned: Exclude<Scanned, Seen>): boolean {
    if (scanned.outcome === 'stopped' || options.signal.aborted) return true;
    if (scanned.outcome === 'failed') {
      log.error({ error: scanned.why }, 'this scan failed');
      return false;
    }
    const { path } = scanned;
    // Logged once for each problem, not at each scan.
    if (unanswered?.path === path) return false;
    const seconds = Math.round(scanned.silent / 1000);
    unanswered = { path, sinceMs: unanswered?.sinceMs ?? now() - seconds * 1000 };
    log.error(
      `${path ?? 'a file system'} has not answered for ${seconds} s; the machine cannot be scanned until it does`,
    );
    const previous = publisher.last();
    publisher.publish(
      {
        takenAtMs: previous?.takenAtMs ?? NEVER_READ.takenAtMs,
        form: previous?.portage.form ?? NEVER_READ.form,
        verdict: previous?.verdict ?? unreadVerdict(unanswered),
        findings: previous?.findings ?? [],
        memory: previous?.memory ?? NO_MEMORY,
        kernels: previous?.kernels ?? null,
        unread: unanswered,
      },
      null,
    );
    manager.status(unreadText(unanswered));
    return false;
  }

  function record(scanned: Seen, inbox: InboxReading, at: number): Recorded {
    const { snapshot } = scanned;
    const { packages, form } = snapshot.portage;
    const result = memory.record({
      snapshot,
      events: inbox.events,
      read: { from: inbox.from, to: inbox.positions },
      self: selfReports({
        state: paths.state,
        memory,
        degraded,
        scan: scanned,
        packages,
        stuck: inbox.stuck,
        at,
      }),
      at,
      judge,
      settleOf: (code) => settleOf.get(code) ?? 0,
    });
    logTransitions(log, result.transitions);
    const previous = headline();
    const wasUnread = publisher.last()?.unread != null;
    const { verdict, memory: remembered, published: findings } = result;
    const kernels = publishedMatrix(matrixOf(assess(snapshot, remembered)));
    publisher.publish(
      { takenAtMs: at, form, verdict, findings, memory: remembered, kernels, unread: null },
      scanned.scan,
    );
    const status = inOneLine(verdict.findings);
    if (wasUnread || previous !== status) manager.status(status);
    if (result.recorded === 'yes') inboxes.recorded(inbox, at);
    return result.recorded;
  }

  /** null: nothing was published yet. */
  function headline(): string | null {
    const published = publisher.last();
    return published === null ? null : inOneLine(published.verdict.findings);
  }
}

/** About ten modules and kernels are usual. So many answers take about 300 KB of status.json. */
const ANSWERS_MAX = 1000;

/** null: it is too large to be written once a minute. */
function publishedMatrix(matrix: PublishedMatrix): PublishedMatrix | null {
  return matrix.kernels.length * matrix.rows.length > ANSWERS_MAX ? null : matrix;
}
