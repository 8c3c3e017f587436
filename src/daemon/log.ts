import { type Logger, pino } from 'pino';
import type { Settings } from '../config/settings.ts';
import { visibleJsonText, visibleLines } from '../model/visible.ts';
import { textLine, withPriority } from './log-line.ts';

export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'> & { level: string };

/**
 * The daemon's log on standard output: lines of text, or of JSON by `log.format`, for the journal or a log file; coloured
 * text on a terminal. It is wrapped in an object because a promise would take a logger for another promise.
 */
export async function createLog(
  { level, format }: Settings['log'],
  terminal: boolean,
  { JOURNAL_STREAM }: NodeJS.ProcessEnv,
): Promise<{ readonly log: Log }> {
  if (!terminal) {
    // Set where the standard output is the journal (systemd.exec(5)).
    const isJournal = JOURNAL_STREAM !== undefined && JOURNAL_STREAM !== '';
    const streamWrite = (line: string): string => {
      const lines =
        format === 'json' ? visibleJsonText(line) : textLine(line, isJournal ? 'journal' : 'file');
      return isJournal ? withPriority(lines, levelOf(line)) : lines;
    };
    const timestamp = pino.stdTimeFunctions.isoTime;
    return { log: pino({ level, base: null, timestamp, hooks: { streamWrite } }) };
  }
  const { default: pretty } = await import('pino-pretty');
  // Not in pino's thread for transports: lines would be lost when the process ends.
  const lines = pretty({ ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss', sync: true });
  return { log: pino({ level, base: null, hooks: { streamWrite: shown } }, lines) };
}

/** pino writes the level first. */
function levelOf(line: string): number {
  return Number(/^\{"level":(\d+)/.exec(line)?.[1] ?? 0);
}

/** pino-pretty would unescape the names in the lines. */
function shown(line: string): string {
  const show = (_: string, value: unknown): unknown =>
    typeof value === 'string' ? visibleLines(value) : value;
  return `${JSON.stringify(JSON.parse(line, show))}\n`;
}
