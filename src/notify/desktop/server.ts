import { runTool } from '../../system/run-tool.ts';

/**
 * The session's notification service (Desktop Notifications Specification). It is called with gdbus(1) of GLib, so no
 * D-Bus library is needed.
 */
export interface NotificationServer {
  /** The capabilities of the server (`actions`, `body-markup` …); null: there is no server now. */
  capabilities(): Promise<ReadonlySet<string> | null>;
  close(id: number): Promise<void>;
  /** The unique bus name of the server, which changes when it restarts; null: there is no server. */
  owner(): Promise<string | null>;
}

/** ms */
const TIMEOUT = 5000;
const ANSWER_MAX = 64 * 1024;

interface Target {
  readonly name: string;
  readonly path: string;
}

const SERVER: Target = { name: 'org.freedesktop.Notifications', path: '/org/freedesktop/Notifications' };
const BUS: Target = { name: 'org.freedesktop.DBus', path: '/org/freedesktop/DBus' };

export function notificationServer(env: NodeJS.ProcessEnv): NotificationServer {
  const call = async (target: Target, method: string, ...args: readonly string[]): Promise<string | null> => {
    const { name, path } = target;
    const words = ['call', '--session', '--timeout', '3', '--dest', name, '--object-path', path];
    const all = [...words, '--method', `${name}.${method}`, ...args];
    const ran = await runTool('gdbus', all, { env, timeout: TIMEOUT, grace: 0, outMax: ANSWER_MAX });
    // No bus, no server, or a server that hangs: the caller tries again later.
    return ran.is === 'ended' && ran.code === 0 ? ran.out : null;
  };
  return {
    capabilities: async () => {
      const answer = await call(SERVER, 'GetCapabilities');
      return answer === null
        ? null
        : new Set([...answer.matchAll(/'([\w-]+)'/g)].map((match) => match[1] ?? ''));
    },
    close: async (id) => {
      await call(SERVER, 'CloseNotification', String(id));
    },
    owner: async () => {
      const answer = await call(BUS, 'GetNameOwner', SERVER.name);
      return answer === null ? null : (/'(.+)'/.exec(answer)?.[1] ?? null);
    },
  };
}
