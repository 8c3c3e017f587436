/** What the user wants to be told, and how often. Times in ms. */
export interface NotifyPreferences {
  readonly criticalEvery: number;
  readonly warningEvery: number;
  /** Are mere notices told as well? */
  readonly notices: boolean;
  readonly quietHours: QuietHours | null;
}

/** A span of each day, in minutes since local midnight; it may reach over midnight. */
export interface QuietHours {
  readonly from: number;
  readonly to: number;
}
