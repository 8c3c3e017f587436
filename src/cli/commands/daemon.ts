import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { readSettings, type SettingsResult } from '../../config/read-settings.ts';
import { runDaemon } from '../../daemon/daemon.ts';
import { createLog } from '../../daemon/log.ts';
import { pathsFor } from '../../daemon/paths.ts';
import { serviceManager } from '../../daemon/service-manager.ts';
import type { Invocation } from '../command.ts';

/** `aufswatch daemon`: follows the machine until SIGTERM or SIGINT. SIGHUP: configuration. SIGUSR1: look now. */
export async function daemon(invocation: Invocation): Promise<number> {
  const { terminal, env } = invocation;
  const root = resolveRoot(invocation.option('root') ?? '/');
  if (root === null) return terminal.fail(`--root ${invocation.option('root')}: no such directory`);
  const settings = settingsFor(invocation, root);
  if (!settings.ok) {
    for (const mistake of settings.mistakes) terminal.fail(mistake);
    return 1;
  }
  const abort = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => abort.abort());
  return runDaemon({
    root,
    paths: pathsFor(env, process.getuid?.() ?? 0, root),
    settings: settings.value,
    readSettings: () => settingsFor(invocation, root),
    manager: serviceManager(env, process.pid),
    log: createLog(settings.value.log.level, terminal.interactive),
    now: invocation.now,
    once: invocation.flag('once'),
    signal: abort.signal,
    onRequest: (handler) => {
      process.on('SIGHUP', () => handler('reload'));
      process.on('SIGUSR1', () => handler('look'));
    },
  });
}

/** Of the file that --config names, else of the root's own /etc/aufswatch.toml, which need not exist. */
function settingsFor(invocation: Invocation, root: string): SettingsResult {
  const named = invocation.option('config');
  if (named !== null || root === '/') return readSettings(named);
  const own = readSettings(join(root, 'etc/aufswatch.toml'));
  return own.ok || !own.mistakes.some((mistake) => mistake.endsWith('no such file'))
    ? own
    : readSettings(null);
}

function resolveRoot(directory: string): string | null {
  try {
    return realpathSync(directory);
  } catch {
    return null;
  }
}
