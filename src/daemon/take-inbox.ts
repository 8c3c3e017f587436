import { setImmediate } from 'node:timers/promises';
import { type InboxReading, readInbox } from '../inbox/read-inbox.ts';
import { rotateInbox } from '../inbox/rotate.ts';
import type { HookEvent } from '../model/event.ts';
import { errorCode } from '../system/system-error.ts';
import { keepBadLine } from './bad-lines.ts';
import type { Log } from './log.ts';
import type { DaemonMemory } from './open-memory.ts';
import type { Paths } from './paths.ts';

/** The inbox of the hooks, read into the ledger. */
export interface Inbox {
  /**
   * Returns the last portion that the hooks left. Each portion before it is recorded by itself, and the event loop runs
   * between them. The last one belongs into the transaction of the scan: with all events on record, causes can be found.
   */
  take(): Promise<InboxReading>;
  /** Call it when a portion was recorded with its scan. Keeps bad lines, and moves a large inbox aside. */
  recorded(inbox: InboxReading, at: number): void;
}

export interface InboxOptions {
  readonly paths: Paths;
  readonly memory: DaemonMemory;
  readonly log: Log;
  readonly signal: AbortSignal;
}

export function openInbox({ paths, memory, log, signal }: InboxOptions): Inbox {
  return {
    take: async () => {
      let inbox = readOwn();
      while (inbox.more && !signal.aborted) {
        const recorded = memory.recordEvents(inbox.events, { from: inbox.from, to: inbox.positions });
        if (recorded) keepBadLines(inbox);
        await setImmediate();
        // Where that failed, another ledger may be open now, with other positions.
        inbox = readOwn();
        if (!recorded) break;
      }
      return inbox;
    },
    recorded: (inbox, at) => {
      // Not without a ledger: then the same lines are read again with each scan.
      keepBadLines(inbox);
      try {
        rotateInbox(paths.state, inbox.positions, at);
      } catch (error) {
        const code = errorCode(error);
        if (code === null) throw error;
        log.error(`${paths.state}/inbox cannot be moved aside (${code}); it grows`);
      }
    },
  };

  function readOwn(): InboxReading {
    const inbox = readInbox(paths.state, memory.positions());
    return { ...inbox, events: inbox.events.filter(isOfThisMachine) };
  }

  function keepBadLines({ bad, torn }: InboxReading): void {
    for (const line of bad) keepBadLine(paths.state, line, 'means nothing', log);
    for (const line of torn) keepBadLine(paths.state, line, 'was cut off', log);
  }
}

/** A merge into another ROOT (a stage, a chroot, a cross system) says nothing about this machine. */
function isOfThisMachine(event: HookEvent): boolean {
  return event.kind !== 'portage' || event.root === '/';
}
