import { setImmediate } from 'node:timers/promises';
import { preferencesOf } from '../config/read-settings.ts';
import type { Settings } from '../config/settings.ts';
import { type InboxReading, readInbox } from '../inbox/read-inbox.ts';
import { rotateInbox } from '../inbox/rotate.ts';
import type { HookEvent } from '../model/event.ts';
import type { SelfReport } from '../model/memory.ts';
import type { Part } from '../model/part.ts';
import { PUBLISHED_SCHEMA, type Published } from '../model/published.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { missingHooks } from '../setup/missing-hooks.ts';
import type { HashMemory } from '../system/images/hash-file.ts';
import { readSnapshot } from '../system/read-snapshot.ts';
import type { Root } from '../system/root.ts';
import { errorCode } from '../system/system-error.ts';
import { CATALOGUE } from '../verdict/catalogue.ts';
import { judge } from '../verdict/judge.ts';
import { VERSION } from '../version.ts';
import type { Degraded } from '../watch/watcher.ts';
import { keepBadLine } from './bad-lines.ts';
import type { Log } from './log.ts';
import { logTransitions } from './log-transitions.ts';
import { notifyPreferences } from './notify-preferences.ts';
import type { DaemonMemory } from './open-memory.ts';
import type { Paths } from './paths.ts';
import { publish } from './publish.ts';
import type { ServiceManager } from './service-manager.ts';
import { summary } from './summary.ts';

export interface CycleOptions {
  root(): Root;
  readonly paths: Paths;
  readonly memory: DaemonMemory;
  readonly log: Log;
  readonly manager: ServiceManager;
  settings(): Settings;
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
  headline(): string;
  /** Is there nothing that hangs? */
  alive(): boolean;
  /** Did the last run fail? */
  failed(): boolean;
}

/** A run that takes longer than this hangs, ms. */
const HANGS = 5 * 60_000;

export function createCycle(options: CycleOptions): DaemonCycle {
  const { paths, memory, log, manager, now } = options;
  let last: Snapshot | null = null;
  let published: Published | null = null;
  /** By the clock that nobody sets. */
  let startedAt: number | null = null;
  let failed = false;
  let unpublished: string | null = null;
  let degraded: Degraded | null = null;
  const hashes: HashMemory = new Map();
  const settleOf = new Map(CATALOGUE.map(({ code, settle }) => [code, settle]));

  return {
    run: async (parts) => {
      startedAt = performance.now();
      try {
        await once(parts, now());
        failed = false;
      } catch (error) {
        // One bad look must not end the daemon; the next one comes in any case.
        failed = true;
        log.error({ error: error instanceof Error ? error.stack : String(error) }, 'this look failed');
      }
      const ms = Math.round(performance.now() - startedAt);
      log.debug({ parts: [...parts], ms }, 'looked at the machine');
      startedAt = null;
    },
    beat: () => {
      if (published !== null) say({ ...published, busy: options.busy(), heartbeat: now() });
    },
    degraded: (limits) => {
      const changed = limits?.places !== degraded?.places || limits?.limit !== degraded?.limit;
      degraded = limits;
      return changed;
    },
    snapshot: () => last,
    headline: () => (published === null ? 'no verdict yet' : summary(published.verdict)),
    alive: () => startedAt === null || performance.now() - startedAt < HANGS,
    failed: () => failed,
  };

  async function once(parts: ReadonlySet<Part>, at: number): Promise<void> {
    const inbox = await takeInbox();
    if (inbox.more && options.signal.aborted) return;
    const preferences = preferencesOf(options.settings());
    const readOptions = { preferences, takenAt: at, hashImages: false, hashes };
    const earlier = last === null ? undefined : { snapshot: last, parts };
    const root = options.root();
    const snapshot = await readSnapshot(root, readOptions, earlier);
    last = snapshot;
    const self: SelfReport[] = [
      ...memory.reports(),
      ...(degraded === null ? [] : [{ code: 'watch-degraded' as const, ...degraded }]),
      ...hookReport(root),
      ...(inbox.stuck === null ? [] : [{ code: 'inbox-stuck' as const, ...inbox.stuck }]),
    ];
    const result = memory.record({
      snapshot,
      events: inbox.events.filter(isOfThisMachine),
      positions: inbox.positions,
      self,
      at,
      judge,
      settleOf: (code) => settleOf.get(code) ?? 0,
    });
    logTransitions(log, result.transitions);
    const before = published === null ? null : summary(published.verdict);
    say({
      schema: PUBLISHED_SCHEMA,
      program: VERSION,
      pid: process.pid,
      heartbeat: now(),
      takenAt: at,
      busy: options.busy(),
      verdict: result.verdict,
      findings: result.published,
      memory: result.memory,
      notify: notifyPreferences(options.settings().notify),
    });
    if (before !== summary(result.verdict)) manager.status(summary(result.verdict));
    if (!result.recorded) return;
    // Without a ledger the same lines come again at each look.
    keepBadLines(inbox);
    try {
      rotateInbox(paths.state, inbox.positions, at);
    } catch (error) {
      const code = errorCode(error);
      if (code === null) throw error;
      log.error(`${paths.state}/inbox cannot be moved aside (${code}); it grows`);
    }
  }

  /**
   * What the hooks have left, its last portion. Of much, each portion before it is recorded by itself, and whoever
   * waits gets a turn: with the look, when all that the hooks told is there, come its causes.
   */
  async function takeInbox(): Promise<InboxReading> {
    let inbox = readInbox(paths.state, memory.positions());
    while (inbox.more && !options.signal.aborted) {
      const recorded = memory.recordEvents(inbox.events.filter(isOfThisMachine), inbox.positions);
      if (recorded) keepBadLines(inbox);
      await setImmediate();
      // Where it failed, another ledger may have taken its place, which stands elsewhere.
      inbox = readInbox(paths.state, memory.positions());
      if (!recorded) break;
    }
    return inbox;
  }

  function keepBadLines({ bad }: InboxReading): void {
    for (const line of bad) keepBadLine(paths.state, line, log);
  }

  function say(next: Published): void {
    published = next;
    options.published(next);
    try {
      publish(paths, next);
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

/** Is a hook missing that should tell of merges? */
function hookReport(root: Root): SelfReport[] {
  const missing = missingHooks(root);
  return missing.length === 0 ? [] : [{ code: 'hook-missing', missing }];
}

/** Merges to another ROOT (a stage, a chroot, a cross system) say nothing of this machine. */
function isOfThisMachine(event: HookEvent): boolean {
  return event.kind !== 'portage' || event.root === '/';
}
