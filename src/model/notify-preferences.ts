/** Which notices the user wants, and how often. Times in ms. */
export interface NotifyPreferences {
  readonly criticalEvery: number;
  readonly warningEvery: number;
  /** How long a critical notice waits for the end of an emerge or a build. */
  readonly criticalWaits: number;
  /** Are findings of severity `notice` notified, too? */
  readonly notices: boolean;
  readonly quietHours: QuietHours | null;
}

/** A span of each day, in minutes since local midnight; it may reach over midnight. */
export interface QuietHours {
  readonly from: number;
  readonly to: number;
}

/** An hour: more than almost every emerge and build of a kernel takes. */
export const DEFAULT_CRITICAL_WAITS = 3_600_000;
