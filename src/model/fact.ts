/**
 * A fact is something read from the machine, or the reason why it could not be read.
 * Unknown is a value of its own: it never counts as fine and never raises an alarm.
 */
export type Fact<T> = Known<T> | Unknown;

export interface Known<T> {
  readonly known: true;
  readonly value: T;
}

export interface Unknown {
  readonly known: false;
  readonly code: UnknownCode;
  /** One line for a person: what was tried, and how it failed. */
  readonly detail: string;
}

export const UNKNOWN_CODES = [
  /** The file or directory is not there. */
  'missing',
  /** Permission denied. */
  'denied',
  /** A FIFO, socket, device or directory where a file is expected, or a file where a directory is. */
  'wrong-type',
  /** Larger than the reader's cap. */
  'too-large',
  /** It was read, but does not have the required form. */
  'malformed',
  /** A symlink loop, or a path that leads out of the root. */
  'bad-link',
  /** The file system that holds it is not mounted. */
  'not-mounted',
  /** The root is not that of the running kernel, so the running kernel cannot be read. */
  'not-running-here',
  /** The reader ran out of time. */
  'timeout',
  /** An outside tool is missing or failed. */
  'tool',
  /** The data that would show it is not there. */
  'no-data',
  /** Any other error of the operating system. */
  'io',
] as const;
export type UnknownCode = (typeof UNKNOWN_CODES)[number];

export function known<T>(value: T): Known<T> {
  return { known: true, value };
}

export function unknown(code: UnknownCode, detail: string): Unknown {
  return { known: false, code, detail };
}

/** The fact's value, or `otherwise` where it is unknown. */
export function valueOr<T, U>(fact: Fact<T>, otherwise: U): T | U {
  return fact.known ? fact.value : otherwise;
}

/** Applies `change` to a known value; returns an unknown unchanged. */
export function mapFact<T, U>(fact: Fact<T>, change: (value: T) => U): Fact<U> {
  return fact.known ? known(change(fact.value)) : fact;
}

/** The fact if it is known, else the other one if that is known, else the first. */
export function orElse<T>(fact: Fact<T>, other: () => Fact<T>): Fact<T> {
  if (fact.known) return fact;
  const second = other();
  return second.known ? second : fact;
}

/** Like mapFact, for a change that may itself return an unknown. */
export function chainFact<T, U>(fact: Fact<T>, change: (value: T) => Fact<U>): Fact<U> {
  return fact.known ? change(fact.value) : fact;
}
