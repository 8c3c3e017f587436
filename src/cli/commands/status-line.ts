import { readFileSync, statSync } from 'node:fs';
import { pathsFor, statusPath } from '../../daemon/paths.ts';
import { type Heard, readPublished } from '../../notify/read-published.ts';
import type { Invocation } from '../command.ts';
import { plain } from '../render/style.ts';

/** A daemon that has said nothing for so long is gone, ms. */
const SILENT = 180_000;
const SYSTEM = '/run/aufswatch/status.json';
const LIMIT = 4 * 1024 * 1024;

/**
 * `aufswatch status --line`: what is wrong, for a prompt, from what the daemon published; nothing when nothing is.
 * Exit status as of `check`: 3 when there is nobody to ask.
 */
export function statusLine(invocation: Invocation): number {
  const { terminal, env } = invocation;
  const root = invocation.option('root');
  const own = statusPath(pathsFor(env, process.getuid?.() ?? 0, root ?? '/'));
  // An ordinary user hears the system's daemon where none of their own runs.
  const places = root === null ? [own, SYSTEM] : [own];
  const heard = places.map(read).find((found) => found !== null) ?? null;
  if (heard === null || invocation.now() - heard.heartbeat > SILENT) {
    terminal.out('aufs: ? (no daemon)\n');
    return 3;
  }
  const silenced = (until: number | null): boolean => until !== null && until > invocation.now();
  const open = heard.findings.filter(
    ({ severity, acknowledgedUntil }) => severity !== 'notice' && !silenced(acknowledgedUntil),
  );
  const [worst, ...others] = open;
  if (worst === undefined) return 0;
  const more = others.length > 0 ? ` (+${others.length})` : '';
  terminal.out(
    `aufs: ${worst.severity === 'critical' ? '!!' : '!'} ${plain(terminal, worst.title)}${more}\n`,
  );
  return worst.severity === 'critical' ? 2 : 1;
}

function read(path: string): Heard | null {
  const text = readText(path);
  return text === null ? null : readPublished(text);
}

function readText(path: string): string | null {
  try {
    const stat = statSync(path);
    return stat.isFile() && stat.size <= LIMIT ? readFileSync(path, 'utf8') : null;
  } catch {
    // Gone, or not for this user: nobody is there to ask.
    return null;
  }
}
