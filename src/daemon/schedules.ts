import { type ScheduledTask, schedule } from 'node-cron';
import type { Settings } from '../config/settings.ts';
import type { Log } from './log.ts';

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

/**
 * Runs a function at the times of a line as in crontab(5). Messages of node-cron (a missed time, a failure) go into our
 * log: by itself it would write coloured text between the lines of JSON.
 */
export function scheduled(line: string, name: string, log: Log, run: () => unknown): ScheduledTask {
  const about = (message: string | Error, error?: Error): [object, string] => [
    { job: name, ...(error === undefined ? {} : { error: error.message }) },
    message instanceof Error ? message.message : message,
  ];
  const logger = {
    debug: (message: string | Error, error?: Error) => log.debug(...about(message, error)),
    info: (message: string) => log.info(...about(message)),
    warn: (message: string) => log.warn(...about(message)),
    error: (message: string | Error, error?: Error) => log.error(...about(message, error)),
  };
  return schedule(line, run, { name, logger });
}
