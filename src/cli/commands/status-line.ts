import { join } from 'node:path';
import { pathsIn, statusPath } from '../../daemon/paths.ts';
import { leadingUnsilenced } from '../../model/leading-findings.ts';
import { summaryOf } from '../../model/summary.ts';
import { isAlive, readPublishedFile } from '../../published/file.ts';
import { unreadText } from '../../published/unread.ts';
import type { Place } from '../../system/place.ts';
import { command, type Invocation } from '../command.ts';
import { flag } from '../definition.ts';
import { plain } from '../render/style.ts';

const SYSTEM = '/run/aufswatch/status.json';

/** `aufswatch status --line` as a command of its own: it runs before every prompt, and loads little. */
export const promptLine = command({ description: '', args: {}, options: { line: flag('') } }, statusLine);

/**
 * `aufswatch status --line`: a short line for a prompt, from what the daemon published; nothing when all is in sync. The
 * exit status is that of `check`; 3 when no daemon runs.
 */
export function statusLine(invocation: Invocation): number {
  const { terminal, env } = invocation;
  const { root } = invocation.options;
  const own = statusPath(pathsIn(env, process.getuid?.() ?? 0, root ?? '/', joined));
  // An ordinary user without a daemon of their own reads what the system's published.
  const places = root === null ? [own, SYSTEM] : [own];
  const status = places.map(readPublishedFile).find((found) => found !== null) ?? null;
  if (status === null || !isAlive(status, invocation.now())) {
    terminal.out('aufs: ? (no daemon)\n');
    return 3;
  }
  if (status.unread !== null) {
    terminal.out(`aufs: ? ${plain(terminal, unreadText(status.unread))}\n`);
    return 3;
  }
  const lead = leadingUnsilenced(status.findings, invocation.now());
  if (lead === null) return 0;
  const { worst, others } = lead;
  const more = others.length > 0 ? ` (+${others.length})` : '';
  terminal.out(
    `aufs: ${worst.severity === 'critical' ? '!!' : '!'} ${plain(terminal, summaryOf(worst))}${more}\n`,
  );
  return worst.severity === 'critical' ? 2 : 1;
}

/** Symlinks of the root are not resolved: that would load more code, and the file is only shown. */
function joined(root: string, path: string): Place {
  return { ok: true, path: join(root, path) };
}
