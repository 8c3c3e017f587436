import type { StampedSettings, StampedSettingsResult } from '../config/stamped-settings.ts';
import type { Log } from './log.ts';

/** The settings in force. */
export interface LiveSettings {
  readonly now: StampedSettings;
  /** Reads them again. A file with mistakes changes nothing: each mistake is logged. */
  reload(): void;
}

export interface LiveSettingsOptions {
  readonly settings: StampedSettings;
  readSettings(): StampedSettingsResult;
  readonly log: Log;
}

export function liveSettings({ settings, readSettings, log }: LiveSettingsOptions): LiveSettings {
  let now = settings;
  return {
    get now() {
      return now;
    },
    reload: () => {
      const result = readSettings();
      if (!result.ok) {
        for (const mistake of result.mistakes) log.error(`${mistake}; the old configuration stays`);
        return;
      }
      now = result;
      log.level = now.value.log.level;
      log.info('configuration read again');
    },
  };
}
