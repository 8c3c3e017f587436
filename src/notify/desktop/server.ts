import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/**
 * The session's notification service (Desktop Notifications Specification), asked with the tools that come with
 * GLib and libnotify: nothing of D-Bus is loaded here.
 */
export interface NotificationServer {
  /** What the server can do (`actions`, `body-markup` …); null: there is none now. */
  capabilities(): Promise<ReadonlySet<string> | null>;
  close(id: number): Promise<void>;
}

const run = promisify(execFile);
const TIMEOUT = 5000;
const NAME = 'org.freedesktop.Notifications';

export function notificationServer(env: NodeJS.ProcessEnv): NotificationServer {
  const call = async (method: string, ...args: readonly string[]): Promise<string | null> => {
    const words = ['call', '--session', '--timeout', '3', '--dest', NAME];
    const target = ['--object-path', '/org/freedesktop/Notifications', '--method', `${NAME}.${method}`];
    try {
      return (await run('gdbus', [...words, ...target, ...args], { env, timeout: TIMEOUT })).stdout;
    } catch {
      // No bus, no server, or one that hangs: it is asked again later.
      return null;
    }
  };
  return {
    capabilities: async () => {
      const answer = await call('GetCapabilities');
      return answer === null
        ? null
        : new Set([...answer.matchAll(/'([\w-]+)'/g)].map((match) => match[1] ?? ''));
    },
    close: async (id) => {
      await call('CloseNotification', String(id));
    },
  };
}
