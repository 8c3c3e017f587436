/** What the user wants to be told, and how often. Times in ms. */
export interface NotifyPreferences {
  readonly criticalEvery: number;
  readonly warningEvery: number;
  /** How long a critical one waits for the end of an emerge or a build. */
  readonly criticalWaits: number;
  /** Are mere notices told as well? */
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
