import * as z from 'zod';
import { visible, visibleLines } from '../model/visible.ts';

/** Where a line goes: to a log file, which needs the time in the line, or to the journal, which adds it. */
export type LineFor = 'file' | 'journal';

/** A line as pino writes it. All other keys are the fields of the event. */
const WRITTEN = z.looseObject({ level: z.number(), time: z.string(), msg: z.string().default('') });

/**
 * Formats a line of pino's JSON for people: the message, its code and subject, then other fields. In a file the line
 * begins with the local time and the level. A stack trace adds lines.
 */
export function textLine(json: string, lineFor: LineFor): string {
  const { level, time, msg, code, subject, severity: _, error, ...more } = WRITTEN.parse(JSON.parse(json));
  const about = [code, subject].filter((word) => typeof word === 'string' && word !== '').join(' ');
  const fields = Object.entries(more).map(([name, value]) => `${name}=${fieldText(value)}`);
  const message = [visible(msg), ...(about === '' ? [] : [`(${visible(about)})`]), ...fields].join(' ');
  const start = lineFor === 'file' ? `${localTime(new Date(time))} ${levelName(level)}: ` : '';
  const trace = typeof error === 'string' ? visibleLines(error).split('\n') : [];
  const text = trace.length === 0 ? message : [`${message}: ${trace[0]}`, ...trace.slice(1)].join('\n');
  return `${start}${text}\n`;
}

/** The priority of syslog(3) for a level of pino. */
function priorityOf(level: number): number {
  return level >= 50 ? 3 : level >= 40 ? 4 : level >= 30 ? 6 : 7;
}

/** Puts the priority before each line. The journal removes it (sd-daemon(3)); `journalctl -p err` filters by it. */
export function withPriority(lines: string, level: number): string {
  return lines.replace(/^(?=.)/gm, `<${priorityOf(level)}>`);
}

function levelName(level: number): string {
  return level >= 50 ? 'error' : level >= 40 ? 'warning' : level >= 30 ? 'info' : 'debug';
}

/** `2026-11-28 21:14:03.123`, in local time. */
function localTime(date: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-');
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':');
  return `${day} ${clock}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

/** A word as it is, anything else as JSON. */
function fieldText(value: unknown): string {
  if (typeof value === 'string' && /^[\w:.+/-]+$/.test(value)) return value;
  return visible(JSON.stringify(value) ?? '');
}
