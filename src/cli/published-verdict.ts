import { existsSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { settingsPath } from '../config/settings-path.ts';
import { ledgerPath, type Paths, pathsIn, restsPath, statusPath } from '../daemon/paths.ts';
import { findingKey } from '../model/finding.ts';
import { isHeard } from '../published/file.ts';
import { readPublished } from '../published/read.ts';
import { readTrusted, whyNoLonger } from '../published/still-holds.ts';
import { errorCode } from '../system/system-error.ts';
import { isWithin } from '../system/territory.ts';
import { VERSION } from '../version.ts';
import type { MachineInvocation } from './command.ts';
import type { VerdictView } from './verdict-view.ts';

/**
 * The verdict that the daemon has published, where all that it rests on is as it was: then a look at the machine would
 * come to the same. null: it has to be looked at.
 */
export function publishedVerdict(invocation: MachineInvocation): VerdictView | null {
  const { env, options } = invocation;
  if ((options.snapshot ?? null) !== null) return null;
  const root = realRoot(options.root ?? '/');
  const paths = root === null ? null : publishedAt(root, env);
  if (root === null || paths === null) return null;
  const text = readTrusted(statusPath(paths));
  const published = text === null ? null : readPublished(text);
  const judged = published?.judgement() ?? null;
  if (published === null || judged === null || judged.program !== VERSION) return null;
  // It says nothing of the machine, and nothing shows whether that still cannot be read.
  if (published.heard?.unread !== null) return null;
  // What the daemon says of itself is true while it lives.
  if (published.memory.self.length > 0 && !isHeard(published, invocation.now())) return null;
  const why = whyNoLonger(judged.rests, {
    root,
    settings: settingsPath(options.config, root),
    ledger: ledgerPath(paths),
    rests: restsPath(paths),
  });
  if (why !== null) return null;
  return {
    verdict: judged.verdict,
    portage: judged.portage,
    since: (finding) => published.since.get(findingKey(finding)) ?? null,
    silenced: (finding) => published.silenced.get(findingKey(finding)) ?? null,
  };
}

function realRoot(directory: string): string | null {
  try {
    return realpathSync(directory);
  } catch (error) {
    if (errorCode(error) === null) throw error;
    return null;
  }
}

/**
 * The first place where something is published: of an own daemon, of the system's. Not inside another root: whoever has
 * that in his hands could write there what he likes, and `plan` is run as root.
 */
function publishedAt(root: string, env: NodeJS.ProcessEnv): Paths | null {
  const own = pathsIn(env, process.getuid?.() ?? 0, root, joined);
  for (const paths of [own, pathsIn({}, 0, root, joined)]) {
    if (root !== '/' && isWithin(paths.runtime, root)) return null;
    if (existsSync(statusPath(paths))) return paths;
    if (existsSync(ledgerPath(paths))) return null;
  }
  return null;
}

function joined(root: string, path: string) {
  return { ok: true as const, path: join(root, path) };
}
