import { type Logger, pino } from 'pino';
import { visibleJsonText, visibleLines } from '../model/visible.ts';

export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'> & { level: string };

/**
 * The daemon's log: JSON lines on standard output, for the journal or a log file; for a person where that is a
 * terminal. The object around it is there because a promise takes a logger for one more promise.
 */
export async function createLog(level: string, terminal: boolean): Promise<{ readonly log: Log }> {
  if (!terminal) {
    const hooks = { streamWrite: visibleJsonText };
    return { log: pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime, hooks }) };
  }
  const { default: pretty } = await import('pino-pretty');
  // In this process rather than in pino's thread for transports: nothing is lost when it ends.
  const lines = pretty({ ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss', sync: true });
  return { log: pino({ level, base: null, hooks: { streamWrite: shown } }, lines) };
}

/** What makes lines for a person unescapes the names in them. */
function shown(line: string): string {
  const show = (_: string, value: unknown): unknown =>
    typeof value === 'string' ? visibleLines(value) : value;
  return `${JSON.stringify(JSON.parse(line, show))}\n`;
}
