import { type ScheduledTask, schedule } from 'node-cron';
import type { Log } from './log.ts';

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
