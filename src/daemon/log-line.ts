import * as z from 'zod';
import { visible, visibleLines } from '../model/visible.ts';

/** What a line is written for: a log file, which has no time of its own, or the journal, which has. */
export type LineFor = 'file' | 'journal';

/** A line as pino writes it; what else it holds are the fields of the event. */
const WRITTEN = z.looseObject({ level: z.number(), time: z.string(), msg: z.string().default('') });

/**
 * A line of pino's JSON as a person reads it: what happened, then its code and subject, then other fields. In a file it
 * begins with the local time and the level. A stack trace takes further lines.
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

/** The priority of syslog(3) that a level of pino's has. */
function priorityOf(level: number): number {
  return level >= 50 ? 3 : level >= 40 ? 4 : level >= 30 ? 6 : 7;
}

/** Each line with its priority before it, which the journal takes off (sd-daemon(3)): `journalctl -p err` finds it. */
export function withPriority(lines: string, level: number): string {
  return lines.replace(/^(?=.)/gm, `<${priorityOf(level)}>`);
}

function levelName(level: number): string {
  return level >= 50 ? 'error' : level >= 40 ? 'warning' : level >= 30 ? 'info' : 'debug';
}

/** `2026-11-28 21:14:03.123`, as the clock on the wall says. */
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
