import type { ScheduledTask } from 'node-cron';
import type { Settings } from '../config/settings.ts';
import type { Log } from './log.ts';
import { scheduled } from './scheduled.ts';

/** The jobs that run at the times of `[schedule]`. */
export interface Schedules {
  start(): void;
  /** Takes over the times of the settings in force. Does nothing before the start. */
  reload(): void;
  stop(): void;
}

export interface ScheduleOptions {
  settings(): Settings['schedule'];
  readonly log: Log;
  reconcile(): void;
  nightly(): void;
}

export function createSchedules({ settings, log, reconcile, nightly }: ScheduleOptions): Schedules {
  let jobs: ScheduledTask[] = [];
  const start = (): void => {
    jobs.push(scheduled(settings().reconcile, 'reconcile', log, reconcile));
    jobs.push(scheduled(settings().nightly, 'nightly', log, nightly));
  };
  const stop = (): void => {
    for (const job of jobs) void job.destroy();
    jobs = [];
  };
  return {
    start,
    reload: () => {
      if (jobs.length === 0) return;
      stop();
      start();
    },
    stop,
  };
}
