import { existsSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { settingsPath } from '../config/settings-path.ts';
import { ledgerPath, type Paths, pathsIn, restsPath, statusPath } from '../daemon/paths.ts';
import { findingKey } from '../model/finding.ts';
import { isAlive } from '../published/file.ts';
import type { PublishedMatrix } from '../published/form.ts';
import { type PublishedReading, type PublishedVerdict, readPublished } from '../published/read.ts';
import { readTrusted, whyNoLonger } from '../published/still-holds.ts';
import { errorCode } from '../system/system-error.ts';
import { isWithin } from '../system/territory.ts';
import { VERSION } from '../version.ts';
import type { MachineInvocation } from './command.ts';
import type { VerdictView } from './verdict-view.ts';

/** The verdict that the daemon has published, where it holds; null: the machine has to be scanned. */
export function publishedVerdict(invocation: MachineInvocation): VerdictView | null {
  const valid = validPublished(invocation);
  if (valid === null) return null;
  const { published, judged } = valid;
  return {
    verdict: judged.verdict,
    portage: judged.portage,
    since: (finding) => published.since.get(findingKey(finding)) ?? null,
    silenced: (finding) => published.silenced.get(findingKey(finding)) ?? null,
  };
}

/** The same for the matrix of modules and kernels. */
export function publishedMatrix(invocation: MachineInvocation): PublishedMatrix | null {
  return validPublished(invocation)?.published.kernels() ?? null;
}

/**
 * What the daemon has published, where all that it rests on is unchanged: then a scan would come to the same result. null:
 * something has changed, or it cannot be told.
 */
function validPublished(
  invocation: MachineInvocation,
): { readonly published: PublishedReading; readonly judged: PublishedVerdict } | null {
  const { env, options } = invocation;
  if ((options.snapshot ?? null) !== null) return null;
  const root = realRoot(options.root ?? '/');
  const paths = root === null ? null : publishedAt(root, env);
  if (root === null || paths === null) return null;
  const text = readTrusted(statusPath(paths));
  const published = text === null ? null : readPublished(text);
  const judged = published?.verdict() ?? null;
  if (published === null || judged === null || judged.program !== VERSION) return null;
  // The daemon could not read the machine, and nothing shows whether it can by now.
  if (published.status?.unread !== null) return null;
  // What the daemon reports of itself holds only while it runs.
  if (published.memory.self.length > 0 && !isAlive(published, invocation.now())) return null;
  const why = whyNoLonger(judged.rests, {
    root,
    settings: settingsPath(options.config, root),
    ledger: ledgerPath(paths),
    rests: restsPath(paths),
  });
  return why === null ? { published, judged } : null;
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
 * The first place where something is published: of the user's own daemon, then of the system's. Not inside another root:
 * the owner of that root could write anything there, and `plan` is run as root.
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
