import { setImmediate } from 'node:timers/promises';
import { preferencesOf } from '../config/read-settings.ts';
import type { Settings } from '../config/settings.ts';
import { type InboxReading, readInbox } from '../inbox/read-inbox.ts';
import { rotateInbox } from '../inbox/rotate.ts';
import type { HookEvent } from '../model/event.ts';
import { unknown } from '../model/fact.ts';
import { inOneLine } from '../model/leading-findings.ts';
import { NO_MEMORY, type SelfReport } from '../model/memory.ts';
import type { Part } from '../model/part.ts';
import type { PortageFacts } from '../model/portage.ts';
import { SNAPSHOT_SCHEMA, type Snapshot } from '../model/snapshot.ts';
import {
  PUBLISHED_SCHEMA,
  type Published,
  type PublishedMatrix,
  type PublishedRests,
  type Stamped,
  type Unread,
} from '../published/form.ts';
import { unreadText, unreadVerdict } from '../published/unread.ts';
import { lastHookWrite, unreportedMerge } from '../setup/unreported-merge.ts';
import { errorCode } from '../system/system-error.ts';
import { CATALOGUE } from '../verdict/catalogue.ts';
import { judge } from '../verdict/judge.ts';
import { matrixOf } from '../verdict/matrix.ts';
import { assess } from '../verdict/situation.ts';
import { VERSION } from '../version.ts';
import type { Degraded } from '../watch/watcher.ts';
import { keepBadLine } from './bad-lines.ts';
import type { Log } from './log.ts';
import { logTransitions } from './log-transitions.ts';
import { notifyPreferences } from './notify-preferences.ts';
import { type DaemonMemory, PROVABLE, type Recorded } from './open-memory.ts';
import { type Paths, restsPath } from './paths.ts';
import { publish } from './publish.ts';
import type { Scanned, Scanner } from './scan/scanner.ts';
import type { ServiceManager } from './service-manager.ts';

export interface CycleOptions {
  /** Directory of the root. */
  readonly root: string;
  readonly scanner: Scanner;
  readonly paths: Paths;
  readonly memory: DaemonMemory;
  readonly log: Log;
  readonly manager: ServiceManager;
  settings(): Settings;
  /** The file that these were read from, as it was then; null: what is in it may be otherwise by now. */
  settingsFrom(): Stamped | null;
  now(): number;
  /** Is an emerge or a kernel build under way? */
  busy(): boolean;
  /** Told of what was published. */
  published(published: Published): void;
  /** Ends a look before it has begun, while it takes a long inbox: the next start goes on where it ended. */
  readonly signal: AbortSignal;
}

/** Facts, verdict, ledger, voice: once round, whenever something may have changed. */
export interface DaemonCycle {
  /** Reads these parts again, judges, records and publishes. Never throws. */
  run(parts: ReadonlySet<Part>): Promise<void>;
  /** Says that the daemon lives, and whether something is under way. */
  beat(): void;
  /** Takes note of what cannot be watched; is that news? */
  degraded(degraded: Degraded | null): boolean;
  snapshot(): Snapshot | null;
  /** Directories of the database of packages at the last look. */
  categories(): readonly string[];
  headline(): string;
  /** Told that the look under way has come further. */
  progress(): void;
  /** Is there nothing that hangs? */
  alive(): boolean;
  /** Did the last run fail? */
  failed(): boolean;
}

/** Between a package's entry in the database and the end of its pkg_postinst lies hardly more than this, ms. */
const POSTINST = 10 * 60_000;
/** When the facts were read, where they never were. */
const NEVER = 0;
const NO_FORM = unknown('timeout', 'the machine could not be read');
/** A run that comes no further for longer than this hangs, ms. */
const HANGS = 5 * 60_000;

export function createCycle(options: CycleOptions): DaemonCycle {
  const { paths, memory, log, manager, now } = options;
  let last: Snapshot | null = null;
  /** The name of that look in the file of what it rests on; null: it is not there. */
  let scan: string | null = null;
  /** That of the verdict that is published. */
  let proof: string | null = null;
  let published: Published | null = null;
  let categories: readonly string[] = [];
  /** When the run under way came further last, by the clock that nobody sets; null: none is. */
  let movedAt: number | null = null;
  /** What did not answer at the last look; null: all did. */
  let unanswered: Unread | null = null;
  let failed = false;
  let unpublished: string | null = null;
  let degraded: Degraded | null = null;
  let hashes: readonly (readonly [string, string])[] = [];
  const settleOf = new Map<string, number>(CATALOGUE.map(({ code, settle }) => [code, settle]));

  return {
    run: async (parts) => {
      const startedAt = performance.now();
      movedAt = startedAt;
      log.debug({ parts: [...parts] }, 'scan begins');
      try {
        failed = !(await once(parts, now()));
      } catch (error) {
        // One bad look must not end the daemon; the next one comes in any case.
        failed = true;
        log.error({ error: error instanceof Error ? error.stack : String(error) }, 'this scan failed');
      }
      const ms = Math.round(performance.now() - startedAt);
      log.debug({ parts: [...parts], ms }, 'scanned the machine');
      movedAt = null;
    },
    beat: () => {
      if (published !== null) say({ ...published, busy: options.busy(), heartbeatMs: now() });
    },
    degraded: (limits) => {
      const changed = limits?.places !== degraded?.places || limits?.limit !== degraded?.limit;
      degraded = limits;
      return changed;
    },
    snapshot: () => last,
    categories: () => categories,
    headline: () => (published === null ? 'no verdict yet' : inOneLine(published.verdict.findings)),
    progress: () => {
      if (movedAt !== null) movedAt = performance.now();
    },
    alive: () => movedAt === null || performance.now() - movedAt < HANGS,
    failed: () => failed,
  };

  /** Did it come to a verdict, and to its record where there is a ledger? */
  async function once(parts: ReadonlySet<Part>, at: number): Promise<boolean> {
    const inbox = await takeInbox();
    if (inbox.more && options.signal.aborted) return true;
    const scanned = await options.scanner.scan({
      form: SNAPSHOT_SCHEMA,
      root: options.root,
      preferences: preferencesOf(options.settings()),
      takenAt: at,
      hashes,
      rests: { file: restsPath(paths), earlier: scan },
      earlier: last === null ? null : { snapshot: last, parts: [...parts] },
    });
    if (scanned.outcome !== 'seen') return notSeen(scanned);
    if (unanswered !== null) log.warn(`${unanswered.path ?? 'the file system'} answers again`);
    unanswered = null;
    last = scanned.snapshot;
    scan = scanned.scan;
    hashes = scanned.hashes;
    categories = scanned.categories;
    const recorded = record(scanned, inbox, at);
    if (recorded !== 'again') return recorded === 'yes';
    return record(scanned, await takeInbox(), at) === 'yes';
  }

  /** The verdict stands as it was, and what the hooks left is taken at the next look. */
  function notSeen(scanned: Exclude<Scanned, { outcome: 'seen' }>): boolean {
    if (scanned.outcome === 'stopped' || options.signal.aborted) return true;
    if (scanned.outcome === 'failed') {
      log.error({ error: scanned.why }, 'this scan failed');
      return false;
    }
    const { path } = scanned;
    // Once for each trouble, not at each look.
    if (unanswered?.path === path) return false;
    const seconds = Math.round(scanned.silent / 1000);
    unanswered = { path, sinceMs: unanswered?.sinceMs ?? now() - seconds * 1000 };
    log.error(
      `${path ?? 'a file system'} has not answered for ${seconds} s; the machine cannot be scanned until it does`,
    );
    const verdict = unreadVerdict(unanswered);
    const before = published ?? { ...base(NEVER, NO_FORM), verdict, findings: [], memory: NO_MEMORY };
    proof = null;
    say({ ...before, heartbeatMs: now(), unread: unanswered });
    manager.status(unreadText(unanswered));
    return false;
  }

  /** What is published of each look alike. */
  function base(at: number, form: PortageFacts['form']): Omit<Published, 'verdict' | 'findings' | 'memory'> {
    return {
      schema: PUBLISHED_SCHEMA,
      program: VERSION,
      pid: process.pid,
      heartbeatMs: now(),
      takenAtMs: at,
      busy: options.busy(),
      notify: notifyPreferences(options.settings().notify),
      portage: { form },
      kernels: null,
      rests: null,
      unread: null,
    };
  }

  function record(scanned: Extract<Scanned, { outcome: 'seen' }>, inbox: InboxReading, at: number): Recorded {
    const { snapshot, missingHooks: missing } = scanned;
    const lastEvent = lastHookWrite(paths.state, memory.lastHookEvent());
    const unreported = unreportedMerge({
      since: scanned.hookSince,
      packages: snapshot.portage.packages,
      lastEvent,
    });
    const self: SelfReport[] = [
      ...memory.reports(),
      ...(degraded === null ? [] : [{ code: 'watch-degraded' as const, ...degraded }]),
      ...(missing.length === 0 ? [] : [{ code: 'hook-missing' as const, missing }]),
      // A pkg_postinst may take its time, and the hook tells at its end.
      ...(unreported !== null && at - unreported.atMs > POSTINST
        ? [{ code: 'hook-unheard' as const, ...unreported }]
        : []),
      ...(inbox.stuck === null ? [] : [{ code: 'inbox-stuck' as const, ...inbox.stuck }]),
    ];
    const result = memory.record({
      snapshot,
      events: inbox.events.filter(isOfThisMachine),
      read: { from: inbox.from, to: inbox.positions },
      self,
      at,
      judge,
      settleOf: (code) => settleOf.get(code) ?? 0,
    });
    logTransitions(log, result.transitions);
    const before = published === null ? null : inOneLine(published.verdict.findings);
    const wasUnread = published?.unread != null;
    const { form } = snapshot.portage;
    proof = scanned.scan;
    say({
      ...base(at, form),
      verdict: result.verdict,
      findings: result.published,
      memory: result.memory,
      kernels: publishedMatrix(matrixOf(assess(snapshot, result.memory))),
    });
    if (wasUnread || before !== inOneLine(result.verdict.findings))
      manager.status(inOneLine(result.verdict.findings));
    if (result.recorded !== 'yes') return result.recorded;
    // Without a ledger the same lines come again at each look.
    keepBadLines(inbox);
    try {
      rotateInbox(paths.state, inbox.positions, at);
    } catch (error) {
      const code = errorCode(error);
      if (code === null) throw error;
      log.error(`${paths.state}/inbox cannot be moved aside (${code}); it grows`);
    }
    return 'yes';
  }

  /**
   * What the hooks have left, its last portion. Of much, each portion before it is recorded by itself, and whoever
   * waits gets a turn: with the look, when all that the hooks told is there, come its causes.
   */
  async function takeInbox(): Promise<InboxReading> {
    let inbox = readInbox(paths.state, memory.positions());
    while (inbox.more && !options.signal.aborted) {
      const recorded = memory.recordEvents(inbox.events.filter(isOfThisMachine), {
        from: inbox.from,
        to: inbox.positions,
      });
      if (recorded) keepBadLines(inbox);
      await setImmediate();
      // Where it failed, another ledger may have taken its place, which stands elsewhere.
      inbox = readInbox(paths.state, memory.positions());
      if (!recorded) break;
    }
    return inbox;
  }

  function keepBadLines({ bad, torn }: InboxReading): void {
    for (const line of bad) keepBadLine(paths.state, line, 'means nothing', log);
    for (const line of torn) keepBadLine(paths.state, line, 'was cut off', log);
  }

  /** What shows that the verdict holds; null: something has changed since that it is made of. */
  function restsOf(): PublishedRests | null {
    const settings = options.settingsFrom();
    const ledger = memory.stamps();
    return proof === null || settings === null || ledger === null ? null : { scan: proof, settings, ledger };
  }

  function say(next: Published): void {
    published = next;
    options.published(next);
    // Last: who was told just now may have written down that he was.
    const rests = next.unread === null ? restsOf() : null;
    write({ ...next, rests });
    if (rests === null && next.unread === null) setTimeout(() => prove(next), PROVABLE).unref();
  }

  /** The same once more, when the ledger is old enough to tell whether it is as it was. */
  function prove(said: Published): void {
    if (published !== said || options.signal.aborted) return;
    const rests = restsOf();
    if (rests !== null) write({ ...said, rests });
  }

  function write(text: Published): void {
    try {
      publish(paths, text);
      unpublished = null;
    } catch (error) {
      const code = errorCode(error);
      if (code === null) throw error;
      // Once for each trouble, not once a minute.
      if (unpublished === code) return;
      unpublished = code;
      log.error(`${paths.runtime} cannot be written (${code}); the verdict is not published`);
    }
  }
}

/** A machine of a distribution has some ten modules and kernels; this many take some 300 KB of status.json. */
const ANSWERS_MAX = 1000;

/** null: too large to be written once a minute. */
function publishedMatrix(matrix: PublishedMatrix): PublishedMatrix | null {
  return matrix.kernels.length * matrix.rows.length > ANSWERS_MAX ? null : matrix;
}

/** Merges to another ROOT (a stage, a chroot, a cross system) say nothing of this machine. */
function isOfThisMachine(event: HookEvent): boolean {
  return event.kind !== 'portage' || event.root === '/';
}
