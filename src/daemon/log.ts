import { type Logger, pino } from 'pino';

export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'> & { level: string };

/**
 * The daemon's log: JSON lines on standard output, for the journal or a log file; for a person where that is a
 * terminal.
 */
export function createLog(level: string, terminal: boolean): Log {
  if (!terminal) return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime });
  return pino({
    level,
    base: null,
    transport: { target: 'pino-pretty', options: { ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss' } },
  });
}
