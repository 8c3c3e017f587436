import { SEVERITIES, type Severity } from '../../model/finding.ts';
import type { ExecMessage } from './message.ts';

/** A command that wants to hear of notices. */
export interface ExecChannel {
  readonly command: readonly string[];
  /** How long it may run, ms. */
  readonly timeout: number;
  /** It hears of this severity and of worse ones. */
  readonly from: Severity;
}

/** What each command has still to be told: at most one message each, the newest. Plain data, kept on the disk. */
export type Outbox = Readonly<Record<string, Waiting>>;

interface Waiting {
  /** The message to hand over; null: it was handed over. */
  readonly message: ExecMessage | null;
  /** Failures so far. */
  readonly failures: number;
  /** When to try next, ms. */
  readonly at: number;
  /** Was something told that was not taken back? */
  readonly told: boolean;
}

/** How long to wait after the first failure and each further one, ms; after the last it is given up. */
const BACK_OFF = [10_000, 60_000, 600_000, 3_600_000] as const;

/** How a command is named in the outbox and in the log. */
export function channelName(channel: ExecChannel): string {
  return channel.command.join(' ');
}

/** Puts a message in for every command that wants it; it takes the place of one that still waits. */
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

/** The messages that are to be handed over now. */
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

/** When something is to be handed over next, ms; null: nothing waits for a command that there still is. */
export function nextDue(outbox: Outbox, channels: readonly ExecChannel[]): number | null {
  const times = channels.flatMap((channel) => {
    const waiting = outbox[channelName(channel)];
    return waiting === undefined || waiting.message === null ? [] : [waiting.at];
  });
  return times.length > 0 ? Math.min(...times) : null;
}

/** After a message was handed over, or was not. What has been replaced meanwhile is left alone. */
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
    // One that was never told of the trouble need not hear that it is over, nor of the trouble any more.
    return { ...before, message: before.told ? message : null, failures: 0, at };
  }
  const wanted = SEVERITIES.indexOf(message.severity) <= SEVERITIES.indexOf(channel.from);
  return wanted ? { ...before, message, failures: 0, at } : before;
}
