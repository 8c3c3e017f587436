import { SEVERITIES, type Severity } from '../../model/finding.ts';
import type { ExecMessage } from './message.ts';

/** A command that receives notices. */
export interface ExecChannel {
  readonly command: readonly string[];
  /** How long it may run. */
  readonly timeoutMs: number;
  /** The least severity that it receives. */
  readonly from: Severity;
}

/** The message that each command has still to receive: at most one, the newest. Plain data, kept on disk. */
export type Outbox = Readonly<Record<string, Waiting>>;

interface Waiting {
  /** The message to deliver; null: it was delivered. */
  readonly message: ExecMessage | null;
  /** Failures so far. */
  readonly failures: number;
  /** When to try next, ms since the epoch. */
  readonly at: number;
  /** True if a message was delivered and not withdrawn since. */
  readonly told: boolean;
}

/** How long to wait after each failure, ms. After the last one the message is given up. */
const BACK_OFF = [10_000, 60_000, 600_000, 3_600_000] as const;

/** The name of a command in the outbox and in the log. */
export function channelName(channel: ExecChannel): string {
  return channel.command.join(' ');
}

/** Adds a message for every command that wants its severity; it replaces a message that still waits. */
export function post(
  outbox: Outbox,
  channels: readonly ExecChannel[],
  message: ExecMessage,
  at: number,
): Outbox {
  const entries = channels.map((channel) => {
    const name = channelName(channel);
    return [name, posted(outbox[name] ?? NOTHING, channel, message, at)] as const;
  });
  return Object.fromEntries(entries);
}

/** The messages that are due. */
export function due(
  outbox: Outbox,
  channels: readonly ExecChannel[],
  at: number,
): readonly { readonly channel: ExecChannel; readonly message: ExecMessage }[] {
  return channels.flatMap((channel) => {
    const waiting = outbox[channelName(channel)];
    const ready = waiting !== undefined && waiting.message !== null && waiting.at <= at;
    return ready && waiting.message !== null ? [{ channel, message: waiting.message }] : [];
  });
}

/** When the next message is due, ms since the epoch; null: none waits for a command that is still configured. */
export function nextDue(outbox: Outbox, channels: readonly ExecChannel[]): number | null {
  const times = channels.flatMap((channel) => {
    const waiting = outbox[channelName(channel)];
    return waiting === undefined || waiting.message === null ? [] : [waiting.at];
  });
  return times.length > 0 ? Math.min(...times) : null;
}

/** The outbox after a delivery succeeded (`done`) or failed. A message that was replaced meanwhile is left alone. */
export function afterTry(
  outbox: Outbox,
  name: string,
  message: ExecMessage,
  done: boolean,
  at: number,
): Outbox {
  const waiting = outbox[name];
  if (waiting === undefined || waiting.message !== message) return outbox;
  const wait = BACK_OFF[waiting.failures];
  const next: Waiting = done
    ? { message: null, failures: 0, at, told: message.kind === 'tell' }
    : wait === undefined
      ? { ...waiting, message: null, failures: 0 }
      : { ...waiting, failures: waiting.failures + 1, at: at + wait };
  return { ...outbox, [name]: next };
}

const NOTHING: Waiting = { message: null, failures: 0, at: 0, told: false };

function posted(before: Waiting, channel: ExecChannel, message: ExecMessage, at: number): Waiting {
  if (message.kind === 'withdraw') {
    // A command that never received the problem needs neither the problem nor its end any more.
    return { ...before, message: before.told ? message : null, failures: 0, at };
  }
  const wanted = SEVERITIES.indexOf(message.severity) <= SEVERITIES.indexOf(channel.from);
  return wanted ? { ...before, message, failures: 0, at } : before;
}
