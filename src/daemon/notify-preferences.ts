import type { Settings } from '../config/settings.ts';
import type { NotifyPreferences } from '../model/notify-preferences.ts';

/** `[notify]` of the configuration, in the names of the policy. */
export function notifyPreferences(settings: Settings['notify']): NotifyPreferences {
  return {
    criticalEveryMs: settings.critical_every,
    warningEveryMs: settings.warning_every,
    criticalWaitsMs: settings.critical_waits,
    notices: settings.notices,
    quietHours: settings.quiet_hours,
  };
}
