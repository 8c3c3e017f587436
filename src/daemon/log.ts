import { type Logger, pino } from 'pino';
import { visibleJsonText, visibleLines } from '../model/visible.ts';

export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'> & { level: string };

/**
 * The daemon's log: JSON lines on standard output, for the journal or a log file; for a person where that is a
 * terminal. The object around it is there because a promise takes a logger for one more promise.
 */
export async function createLog(
  level: string,
  terminal: boolean,
  { JOURNAL_STREAM }: NodeJS.ProcessEnv,
): Promise<{ readonly log: Log }> {
  if (!terminal) {
    // Set where the standard output is the journal (systemd.exec(5)).
    const isJournal = JOURNAL_STREAM !== undefined && JOURNAL_STREAM !== '';
    const hooks = { streamWrite: isJournal ? withPriority : visibleJsonText };
    return { log: pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime, hooks }) };
  }
  const { default: pretty } = await import('pino-pretty');
  // In this process rather than in pino's thread for transports: nothing is lost when it ends.
  const lines = pretty({ ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss', sync: true });
  return { log: pino({ level, base: null, hooks: { streamWrite: shown } }, lines) };
}

/** The journal takes a number before a line for its priority (sd-daemon(3)), so that `journalctl -p err` finds it. */
function withPriority(line: string): string {
  const level = Number(/^\{"level":(\d+)/.exec(line)?.[1] ?? 0);
  const priority = level >= 50 ? 3 : level >= 40 ? 4 : level >= 30 ? 6 : 7;
  return `<${priority}>${visibleJsonText(line)}`;
}

/** What makes lines for a person unescapes the names in them. */
function shown(line: string): string {
  const show = (_: string, value: unknown): unknown =>
    typeof value === 'string' ? visibleLines(value) : value;
  return `${JSON.stringify(JSON.parse(line, show))}\n`;
}
