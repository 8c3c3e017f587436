import type { Settings } from '../config/settings.ts';
import type { SentNotice } from '../ledger/notices.ts';
import type { Severity } from '../model/finding.ts';
import { type ExecMessage, messageOf } from '../notify/exec/message.ts';
import { afterTry, channelName, due, type ExecChannel, nextDue, post } from '../notify/exec/outbox.ts';
import { runCommand } from '../notify/exec/run-command.ts';
import { type NotifierMemory, parseNotifierMemory } from '../notify/memory.ts';
import { decide } from '../notify/policy.ts';
import type { Published } from '../published/form.ts';
import type { Log } from './log.ts';

/** Notifies by the commands of `[[exec]]`. Each desktop session has an agent of its own. */
export interface Notifier {
  /** Decides again whether a notice is due. */
  update(published: Pick<Published, 'findings' | 'busy'>): void;
  /** Ends the commands that run, and waits for their end. */
  stop(): Promise<void>;
}

export interface NotifierOptions {
  /** What was recorded when the daemon last ran; null: nothing. */
  remembered(): string | null;
  remember(memory: string, sent: readonly SentNotice[]): void;
  settings(): Settings;
  readonly host: string;
  readonly log: Log;
  now(): number;
}

const TIMER_MAX = 86_400_000;

export function createNotifier(options: NotifierOptions): Notifier {
  const { settings, log, now, host } = options;
  const abort = new AbortController();
  let memory: NotifierMemory = parseNotifierMemory(options.remembered());
  let last: Pick<Published, 'findings' | 'busy'> | null = null;
  /** Severity of the last notice: that of its end is the same. */
  let about: Severity = 'warning';
  /** When the policy is due again, ms; null: not before a change. */
  let again: number | null = null;
  let timer: NodeJS.Timeout | null = null;
  let handing: Promise<void> | null = null;

  return {
    update: (published) => {
      last = published;
      decideNow();
    },
    stop: async () => {
      if (timer !== null) clearTimeout(timer);
      abort.abort();
      await handing;
    },
  };

  function decideNow(): void {
    const channels = settings().exec;
    if (last === null || channels.length === 0 || abort.signal.aborted) return;
    const at = now();
    const { findings, busy } = last;
    const decision = decide({ findings, busy, at, login: false }, memory.told, settings().notify);
    const { notice } = decision;
    if (notice !== null) {
      if (notice.kind === 'tell') about = notice.severity;
      const outbox = post(memory.outbox, channels, messageOf(notice, host, at, about), at);
      // Recorded before the command runs: if the process is killed now, the notice is only late.
      keep({ told: decision.told, outbox }, []);
    } else {
      memory = { ...memory, told: decision.told };
    }
    again = decision.again;
    handing ??= handOver(channels);
    wake();
  }

  async function handOver(channels: readonly ExecChannel[]): Promise<void> {
    const ready = due(memory.outbox, channels, now());
    await Promise.all(ready.map(({ channel, message }) => handTo(channel, message)));
    handing = null;
    wake();
  }

  async function handTo(channel: ExecChannel, message: ExecMessage): Promise<void> {
    const name = channelName(channel);
    const failure = await runCommand(channel, message, abort.signal);
    if (abort.signal.aborted) return;
    const outbox = afterTry(memory.outbox, name, message, failure === null, now());
    const givenUp = failure !== null && outbox[name]?.message === null;
    const sent = failure === null ? [sentNotice(name, message)] : [];
    // Recorded before it is logged: a daemon that is killed after the log line must not try again at once.
    keep({ ...memory, outbox }, sent);
    if (failure !== null) {
      log.warn(`telling by "${name}" failed (${failure})${givenUp ? '; given up' : '; tried again later'}`);
    }
  }

  function sentNotice(channel: string, { severity, title }: ExecMessage): SentNotice {
    return { at: now(), channel, severity, title };
  }

  function keep(next: NotifierMemory, sent: readonly SentNotice[]): void {
    memory = next;
    options.remember(JSON.stringify(next), sent);
  }

  /** Sets the timer to the next time at which the policy or a message is due. */
  function wake(): void {
    const due = handing === null ? nextDue(memory.outbox, settings().exec) : null;
    const times = [again, due].filter((time) => time !== null);
    if (timer !== null) clearTimeout(timer);
    timer = null;
    if (times.length === 0 || abort.signal.aborted) return;
    timer = setTimeout(decideNow, Math.min(Math.max(1, Math.min(...times) - now()), TIMER_MAX));
  }
}
