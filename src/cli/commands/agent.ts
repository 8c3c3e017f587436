import { join } from 'node:path';
import { garbageCollector, keepProcessSmall } from '../../daemon/small-heap.ts';
import { runAgent } from '../../notify/desktop/agent.ts';
import { takeSessionLock } from '../../notify/desktop/session-lock.ts';
import type { Invocation } from '../command.ts';

/** `aufswatch agent`: shows in this desktop session what the daemon finds, until SIGTERM. */
export async function agent(invocation: Invocation): Promise<number> {
  keepProcessSmall();
  const { terminal, env } = invocation;
  const runtime = env.XDG_RUNTIME_DIR ?? '';
  if (runtime === '') {
    return terminal.fail('XDG_RUNTIME_DIR is not set: the agent belongs into a desktop session');
  }
  const lock = await takeSessionLock(join(runtime, 'aufswatch-agent.lock'));
  if (lock.state === 'impossible') return terminal.fail(`no agent can be started: ${lock.detail}`);
  // Autostart and the service manager may both try: the second one has nothing to do.
  if (lock.state === 'held') return 0;
  const abort = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, () => abort.abort());
  const home = env.XDG_STATE_HOME || join(env.HOME || '/', '.local/state');
  await runAgent({
    status: invocation.option('status') ?? '/run/aufswatch/status.json',
    memory: join(home, 'aufswatch', 'agent.json'),
    login: lock.first,
    env,
    now: invocation.now,
    tidy: garbageCollector(),
    signal: abort.signal,
  });
  lock.release();
  return 0;
}
