/** Which notices the user wants, and how often. Times in ms. */
export interface NotifyPreferences {
  readonly criticalEveryMs: number;
  readonly warningEveryMs: number;
  /** How long a critical notice waits for the end of an emerge or a build. */
  readonly criticalWaitsMs: number;
  /** Are findings of severity `notice` notified, too? */
  readonly notices: boolean;
  readonly quietHours: QuietHours | null;
}

/** A span of each day, in ms since local midnight by the clock on the wall. It may reach over midnight. */
export interface QuietHours {
  readonly fromMs: number;
  readonly toMs: number;
}

/** An hour: more than almost every emerge and build of a kernel takes. */
export const DEFAULT_CRITICAL_WAITS = 3_600_000;
