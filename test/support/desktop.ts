import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { copyProgram } from './bundle.ts';
import { type Bus, type Message, type Notify, startBus } from './bus.ts';
import { asUser, give, ORDINARY } from './ordinary-user.ts';
import { endBeforeRemoval, layOut, temporaryDirectory } from './temporary.ts';
import { needs } from './tools.ts';
import { until } from './wait.ts';

/** A screen, and on it the sessions of one ordinary user. */
export interface Desktop {
  /** Opens a session with a bus and a runtime directory of its own; no notification service yet. */
  session(): Promise<Session>;
  /** Writes a screenshot into a PNG file. */
  screenshot(path: string): void;
  /** Puts a shell script into `bin`, where the sessions find it before all other commands. */
  command(name: string, script: string): void;
  readonly home: string;
  readonly bin: string;
}

export interface Session {
  readonly env: NodeJS.ProcessEnv;
  messages(): readonly Message[];
  notified(): readonly Notify[];
  /** The number of calls of this method of the notification service. */
  calls(method: string): number;
  /** Starts a notification service and waits until it answers. */
  serve(command: string, args?: readonly string[]): Promise<Running>;
  /** Starts dunst, with these lines in its configuration. */
  dunst(settings?: string): Promise<Running>;
  /** Starts an agent that follows this file. */
  agent(status: string): Running;
  /** Runs a command to its end; returns what it printed. */
  run(command: string, ...args: readonly string[]): string;
  /** The same with the program itself. */
  aufswatch(...words: readonly string[]): string;
  /** Waits for the notification with this number, counted from 1, and for its answer. */
  nth(count: number, limit?: number): Promise<Notify>;
}

export interface Running {
  readonly pid: number;
  kill(signal?: NodeJS.Signals): void;
  /** Resolves to its exit status, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals | null>;
}

export const DESKTOP_TOOLS = needs(
  ...['Xvfb', 'dbus-daemon', 'busctl', 'gdbus', 'dunst', 'dunstctl', 'notify-send', 'flock', 'import'],
);

const SCREEN = '640x200x24';

export async function openDesktop(directory = temporaryDirectory()): Promise<Desktop> {
  chmodSync(directory, 0o755);
  const program = copyProgram(join(directory, 'program'));
  const home = userDirectory(directory, 'home');
  const bin = userDirectory(directory, 'bin');
  const base = { PATH: `${bin}:${process.env.PATH}`, HOME: home, LC_ALL: 'C.UTF-8', TZ: 'UTC' };
  const display = await startScreen(base);
  let sessions = 0;
  return {
    home,
    bin,
    command: (name, script) => {
      writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    },
    session: async () => {
      const runtime = userDirectory(directory, `runtime-${++sessions}`);
      const env = { ...base, DISPLAY: display, XDG_RUNTIME_DIR: runtime };
      return openSession(await startBus(runtime, env), env, program);
    },
    screenshot: (path) => {
      const taken = join(home, 'screen.png');
      asUser('import', ['-window', 'root', taken], { ...base, DISPLAY: display });
      asUser('chmod', ['644', taken], base);
      // The user of the desktop may not be able to enter its directory.
      mkdirSync(dirname(path), { recursive: true });
      copyFileSync(taken, path);
    },
  };
}

function openSession(bus: Bus, base: NodeJS.ProcessEnv, program: string): Session {
  const env: NodeJS.ProcessEnv = { ...base, DBUS_SESSION_BUS_ADDRESS: bus.address };
  const notified = (): Notify[] => bus.messages().filter((message) => message.kind === 'notify');
  const start = (command: string, args: readonly string[]): Running => startProcess(command, args, env);
  const serve = async (command: string, args: readonly string[] = []): Promise<Running> => {
    const server = start(command, args);
    await until(`${command} answers`, () => ownerOf(env) !== null);
    return server;
  };
  return {
    env,
    messages: bus.messages,
    notified,
    calls: bus.calls,
    serve,
    dunst: (settings = '') => {
      const runtime = env.XDG_RUNTIME_DIR ?? '';
      layOut(runtime, { dunstrc: `[global]\n${settings}\n` });
      return serve('dunst', ['-config', join(runtime, 'dunstrc')]);
    },
    agent: (status) => start(process.execPath, [program, 'agent', '--status', status]),
    run: (command, ...args) => asUser(command, args, env),
    aufswatch: (...words) => asUser(process.execPath, [program, ...words], env),
    nth: async (count, limit) => {
      const find = (): Notify | undefined => notified()[count - 1];
      await until(`notification ${count} is shown`, () => (find()?.id ?? null) !== null, limit);
      const found = find();
      if (found === undefined) throw new Error('it was there a moment ago');
      return found;
    },
  };
}

/** The service that shows notifications now, by its name on the bus; null: there is none. */
function ownerOf(env: NodeJS.ProcessEnv): string | null {
  const target = ['--dest', 'org.freedesktop.DBus', '--object-path', '/org/freedesktop/DBus'];
  const method = ['--method', 'org.freedesktop.DBus.GetNameOwner', 'org.freedesktop.Notifications'];
  try {
    return asUser('gdbus', ['call', '--session', ...target, ...method], env);
  } catch {
    return null;
  }
}

async function startScreen(env: NodeJS.ProcessEnv): Promise<string> {
  const server = spawn('Xvfb', ['-displayfd', '1', '-screen', '0', SCREEN, '-nolisten', 'tcp'], {
    ...ORDINARY,
    env,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  // Killed, it would leave its lock in /tmp.
  endBeforeRemoval(() => server.kill('SIGTERM'));
  let number = '';
  server.stdout.on('data', (data: Buffer) => {
    number += data.toString();
  });
  await until('the screen is there', () => number.includes('\n'));
  return `:${number.trim()}`;
}

function startProcess(command: string, args: readonly string[], env: NodeJS.ProcessEnv): Running {
  const child: ChildProcess = spawn(command, args, { ...ORDINARY, env, stdio: 'ignore' });
  endBeforeRemoval(() => child.kill('SIGKILL'));
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) => {
    child.once('exit', (code, signal) => resolve(code ?? signal));
    child.once('error', () => resolve(null));
  });
  return { pid: child.pid ?? 0, kill: (signal = 'SIGTERM') => void child.kill(signal), ended };
}

function userDirectory(parent: string, name: string): string {
  const path = join(parent, name);
  mkdirSync(path, { mode: 0o700 });
  give(path);
  return path;
}
