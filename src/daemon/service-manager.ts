import { spawn } from 'node:child_process';

/** Messages to the service manager that started the daemon (sd_notify(3)). */
export interface ServiceManager {
  ready(status: string): void;
  status(text: string): void;
  /** Call it only while the cycle makes progress: a daemon that hangs must be restarted. */
  alive(): void;
  stopping(): Promise<void>;
  /** How often `alive` must be called, ms; null: never. */
  readonly aliveEvery: number | null;
}

const TIMEOUT = 5000;

/** Sends messages with systemd-notify if NOTIFY_SOCKET is set, else none. */
export function serviceManager(env: NodeJS.ProcessEnv, pid: number): ServiceManager {
  if (!env.NOTIFY_SOCKET) return NOBODY;
  const watched = env.WATCHDOG_PID === undefined || env.WATCHDOG_PID === String(pid);
  const limit = watched ? Number(env.WATCHDOG_USEC ?? 0) / 1000 : 0;
  // No error if a message is lost: the manager restarts a service that stays silent.
  const tell = (...words: readonly string[]): Promise<void> =>
    new Promise((resolve) => {
      const child = spawn('systemd-notify', [`--pid=${pid}`, ...words], {
        stdio: 'ignore',
        timeout: TIMEOUT,
      });
      child.on('error', () => resolve());
      child.on('exit', () => resolve());
    });
  return {
    ready: (status) => void tell('--ready', `--status=${status}`),
    status: (text) => void tell(`--status=${text}`),
    alive: () => void tell('WATCHDOG=1'),
    stopping: () => tell('STOPPING=1'),
    // Half the limit, as sd_watchdog_enabled(3) advises.
    aliveEvery: limit > 0 ? limit / 2 : null,
  };
}

const NOBODY: ServiceManager = {
  ready: () => {},
  status: () => {},
  alive: () => {},
  stopping: async () => {},
  aliveEvery: null,
};
