import { realpathSync } from 'node:fs';
import { readSettings } from '../../config/read-settings.ts';
import { runDaemon } from '../../daemon/daemon.ts';
import { createLog } from '../../daemon/log.ts';
import { pathsFor } from '../../daemon/paths.ts';
import { serviceManager } from '../../daemon/service-manager.ts';
import { keepHeapSmall } from '../../daemon/small-heap.ts';
import type { Invocation } from '../command.ts';

/** `aufswatch daemon`: follows the machine until SIGTERM or SIGINT. SIGHUP: configuration. SIGUSR1: look now. */
export async function daemon(invocation: Invocation): Promise<number> {
  keepHeapSmall();
  const { terminal, env } = invocation;
  const root = resolveRoot(invocation.option('root') ?? '/');
  if (root === null) return terminal.fail(`--root ${invocation.option('root')}: no such directory`);
  const settingsNow = () => readSettings(invocation.option('config'), root);
  const settings = settingsNow();
  if (!settings.ok) {
    for (const mistake of settings.mistakes) terminal.fail(mistake);
    return 1;
  }
  const abort = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => abort.abort());
  const { log } = await createLog(settings.value.log.level, terminal.interactive);
  return runDaemon({
    root,
    paths: pathsFor(env, process.getuid?.() ?? 0, root),
    settings: settings.value,
    readSettings: settingsNow,
    manager: serviceManager(env, process.pid),
    log,
    now: invocation.now,
    once: invocation.flag('once'),
    signal: abort.signal,
    onRequest: (handler) => {
      process.on('SIGHUP', () => handler('reload'));
      process.on('SIGUSR1', () => handler('look'));
    },
  });
}

function resolveRoot(directory: string): string | null {
  try {
    return realpathSync(directory);
  } catch {
    return null;
  }
}
