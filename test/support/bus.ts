import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ORDINARY } from './ordinary-user.ts';
import { endBeforeRemoval } from './temporary.ts';
import { until } from './wait.ts';

/** The messages on the bus between the agent and the notification service. */
export type Message =
  | {
      readonly kind: 'notify';
      /** The ID that the service assigned; null: it has not answered yet. */
      readonly id: number | null;
      readonly replaces: number;
      readonly app: string;
      readonly icon: string;
      readonly title: string;
      readonly body: string;
      readonly actions: readonly string[];
      readonly hints: Readonly<Record<string, unknown>>;
      readonly expire: number;
      /** ms since the epoch. */
      readonly at: number;
    }
  | { readonly kind: 'close'; readonly id: number }
  /** Reason 1: expired, 2: dismissed by the user, 3: by CloseNotification. */
  | { readonly kind: 'closed'; readonly id: number; readonly reason: number };

export type Notify = Message & { kind: 'notify' };

export interface Bus {
  readonly address: string;
  messages(): readonly Message[];
  /** The number of calls of a method of the notification service. */
  calls(method: string): number;
}

/** Without service directories: only the test starts services. */
function configuration(socket: string): string {
  return `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=${socket}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
`;
}

/** Starts a session bus in a runtime directory, and records all its messages. */
export async function startBus(runtime: string, env: NodeJS.ProcessEnv): Promise<Bus> {
  const socket = join(runtime, 'bus');
  const file = join(runtime, 'bus.conf');
  writeFileSync(file, configuration(socket));
  const daemon = spawn('dbus-daemon', [`--config-file=${file}`, '--nofork', '--print-address'], {
    ...ORDINARY,
    env,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  endBeforeRemoval(() => daemon.kill('SIGKILL'));
  let address = '';
  daemon.stdout.on('data', (data: Buffer) => {
    address += data.toString();
  });
  await until('the bus listens', () => address.includes('\n'));
  address = `unix:path=${socket}`;
  const monitor = spawn('busctl', [`--address=${address}`, 'monitor', '--json=short'], {
    ...ORDINARY,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  endBeforeRemoval(() => monitor.kill('SIGKILL'));
  let lines = '';
  let ready = '';
  monitor.stdout.setEncoding('utf8').on('data', (data: string) => {
    lines += data;
  });
  monitor.stderr.setEncoding('utf8').on('data', (data: string) => {
    ready += data;
  });
  await until('busctl listens', () => ready.includes('Monitoring'));
  return {
    address,
    messages: () => messagesOf(lines),
    calls: (method) =>
      linesOf(lines).filter(({ type, member }) => type === 'method_call' && member === method).length,
  };
}

interface Line {
  readonly type: string;
  readonly cookie: number;
  readonly reply_cookie?: number;
  readonly sender: string;
  readonly destination?: string;
  readonly interface?: string;
  readonly member?: string;
  readonly 'timestamp-realtime': number;
  readonly payload?: { readonly data: readonly never[] };
}

/** The messages that have arrived completely. */
function linesOf(text: string): Line[] {
  const lines = text.slice(0, text.lastIndexOf('\n') + 1).split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line));
}

function messagesOf(text: string): Message[] {
  const lines = linesOf(text);
  const answers = new Map(
    lines
      .filter(({ type }) => type === 'method_return')
      .map((line) => [`${line.destination} ${line.reply_cookie}`, line]),
  );
  return lines
    .filter((line) => line.interface === 'org.freedesktop.Notifications')
    .flatMap((line) => messageOf(line, answers.get(`${line.sender} ${line.cookie}`) ?? null));
}

function messageOf(line: Line, answer: Line | null): Message[] {
  const data = line.payload?.data ?? [];
  if (line.member === 'CloseNotification') return [{ kind: 'close', id: data[0] ?? Number.NaN }];
  if (line.member === 'NotificationClosed') {
    return [{ kind: 'closed', id: data[0] ?? Number.NaN, reason: data[1] ?? Number.NaN }];
  }
  if (line.member !== 'Notify') return [];
  const [app = '', replaces = 0, icon = '', title = '', body = '', actions = [], hints = {}, expire = 0] =
    data;
  const id = answer?.payload?.data[0] ?? null;
  const at = line['timestamp-realtime'] / 1000;
  const values = Object.entries<{ data: unknown }>(hints).map(([name, hint]) => [name, hint.data]);
  const message = { id, replaces, app, icon, title, body, actions, expire, at };
  return [{ kind: 'notify', ...message, hints: Object.fromEntries(values) }];
}
