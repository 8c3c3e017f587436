import { join } from 'node:path';
import { garbageCollector, keepProcessSmall } from '../../daemon/small-heap.ts';
import { runAgent } from '../../notify/desktop/agent.ts';
import { takeSessionLock } from '../../notify/desktop/session-lock.ts';
import { command } from '../command.ts';
import { value } from '../definition.ts';

/** `aufswatch agent`: shows in this desktop session what the daemon finds, until SIGTERM. */
export const agent = command(
  {
    description:
      'Runs in a desktop session and shows the findings of the daemon through the notification service of the session. The session starts it; a second agent ends at once.',
    args: {},
    options: {
      status: value('file', 'read this file instead of /run/aufswatch/status.json', { offer: 'file' }),
    },
  },
  async (invocation) => {
    keepProcessSmall();
    const { terminal, env } = invocation;
    const runtime = env.XDG_RUNTIME_DIR ?? '';
    if (runtime === '') {
      return terminal.fail('XDG_RUNTIME_DIR is not set: the agent belongs into a desktop session');
    }
    const lock = await takeSessionLock(join(runtime, 'aufswatch-agent.lock'));
    if (lock.state === 'impossible') return terminal.fail(`no agent can be started: ${lock.detail}`);
    // Autostart and the service manager may both start it. The second one ends.
    if (lock.state === 'held') return 0;
    const abort = new AbortController();
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, () => abort.abort());
    const home = env.XDG_STATE_HOME || join(env.HOME || '/', '.local/state');
    await runAgent({
      status: invocation.options.status ?? '/run/aufswatch/status.json',
      memory: join(home, 'aufswatch', 'agent.json'),
      login: lock.first,
      env,
      now: invocation.now,
      tidy: garbageCollector(),
      signal: abort.signal,
    });
    lock.release();
    return 0;
  },
);
