/** The result of one check of `aufswatch doctor`. */
export interface Check {
  /** `note`: nothing is wrong, but worth knowing. `unknown`: it cannot be checked from here. */
  readonly mark: 'ok' | 'bad' | 'note' | 'unknown';
  readonly what: string;
  /** What to do; null: nothing. */
  readonly remedy: string | null;
}

export function ok(what: string): Check {
  return { mark: 'ok', what, remedy: null };
}

export function unknown(what: string): Check {
  return { mark: 'unknown', what, remedy: null };
}

export function bad(what: string, remedy: string): Check {
  return { mark: 'bad', what, remedy };
}
