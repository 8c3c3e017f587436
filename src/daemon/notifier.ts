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
import { notifyPreferences } from './notify-preferences.ts';

/** The daemon's own voice: the commands of the configuration. Desktops listen for themselves. */
export interface Notifier {
  /** Something may have to be told. */
  update(published: Pick<Published, 'findings' | 'busy'>): void;
  /** Ends the commands that run, and waits for their end. */
  stop(): Promise<void>;
}

export interface NotifierOptions {
  /** What was remembered when the daemon last ran; null: nothing. */
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
  let heard: Pick<Published, 'findings' | 'busy'> | null = null;
  /** Severity of what was told last: its end is as urgent. */
  let about: Severity = 'warning';
  /** When the policy wants to be asked again, ms; null: not before something changes. */
  let again: number | null = null;
  let timer: NodeJS.Timeout | null = null;
  let handing: Promise<void> | null = null;

  return {
    update: (published) => {
      heard = published;
      speak();
    },
    stop: async () => {
      if (timer !== null) clearTimeout(timer);
      abort.abort();
      await handing;
    },
  };

  function speak(): void {
    const channels = settings().exec;
    if (heard === null || channels.length === 0 || abort.signal.aborted) return;
    const at = now();
    const { findings, busy } = heard;
    const decision = decide(
      { findings, busy, at, login: false },
      memory.told,
      notifyPreferences(settings().notify),
    );
    const { notice } = decision;
    if (notice !== null) {
      if (notice.kind === 'tell') about = notice.severity;
      const outbox = post(memory.outbox, channels, messageOf(notice, host, at, about), at);
      // Written down before it is handed over: whoever kills us now only delays it.
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
    if (failure !== null) {
      log.warn(`telling by "${name}" failed (${failure})${givenUp ? '; given up' : '; tried again later'}`);
    }
    const sent = failure === null ? [sentNotice(name, message)] : [];
    keep({ ...memory, outbox }, sent);
  }

  function sentNotice(channel: string, { severity, title }: ExecMessage): SentNotice {
    return { at: now(), channel, severity, title };
  }

  function keep(next: NotifierMemory, sent: readonly SentNotice[]): void {
    memory = next;
    options.remember(JSON.stringify(next), sent);
  }

  /** Speaks again when the policy wants to, or when a message is to be handed over. */
  function wake(): void {
    const due = handing === null ? nextDue(memory.outbox, settings().exec) : null;
    const times = [again, due].filter((time) => time !== null);
    if (timer !== null) clearTimeout(timer);
    timer = null;
    if (times.length === 0 || abort.signal.aborted) return;
    timer = setTimeout(speak, Math.min(Math.max(1, Math.min(...times) - now()), TIMER_MAX));
  }
}
