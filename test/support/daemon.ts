import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Published } from '../../src/published/form.ts';
import { PROGRAM } from './program.ts';
import { endBeforeRemoval } from './temporary.ts';
import { until } from './wait.ts';

/** A daemon in its own process, as a service manager starts it. */
export interface RunningDaemon {
  readonly pid: number;
  /** Lines of its log so far. */
  log(): readonly LogLine[];
  /** Its last status.json; null: none yet. */
  published(): Published | null;
  signal(name: NodeJS.Signals): void;
  /** Resolves to its exit status, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals | null>;
  /** Waits until its status.json satisfies the condition, and returns it. */
  publishes(what: string, holds: (published: Published) => boolean, limit?: number): Promise<Published>;
}

export interface LogLine {
  readonly level: number;
  readonly msg: string;
  /** The message with its code, its subject and its fields. */
  readonly text?: string;
  readonly ms?: number;
  readonly time?: string;
  readonly code?: string;
}

export interface DaemonOptions {
  readonly state?: string;
  readonly runtime?: string;
  readonly words?: readonly string[];
  /** A command that runs the daemon: the words of the daemon follow it. */
  readonly under?: readonly string[];
  /** The shipped program, instead of the one compiled for the tests. */
  readonly program?: string;
}

/** Beginning and end of a scan, ms since the epoch. */
export interface ScanSpan {
  readonly from: number;
  readonly to: number;
}

/** The scans so far of a daemon whose log has the level `debug`. */
export function scansOf(daemon: RunningDaemon): ScanSpan[] {
  return daemon.log().flatMap(({ msg, ms, time }) => {
    if (msg !== 'scanned the machine' || ms === undefined || time === undefined) return [];
    return [{ from: Date.parse(time) - ms, to: Date.parse(time) }];
  });
}

export function startDaemon(root: string, options: DaemonOptions = {}): RunningDaemon {
  const state = options.state ?? join(root, 'var/lib/aufswatch');
  const runtime = options.runtime ?? join(root, 'run/aufswatch');
  const program = options.program ?? PROGRAM;
  const own = ['daemon', '--root', root, ...configOf(root), ...(options.words ?? [])];
  const words = [process.execPath, program, ...own];
  const [command = '', ...args] = [...(options.under ?? []), ...words];
  const child = spawn(command, args, {
    env: { PATH: process.env.PATH, LC_ALL: 'C.UTF-8', STATE_DIRECTORY: state, RUNTIME_DIRECTORY: runtime },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = collect(child);
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) => {
    child.once('exit', (code, signal) => resolve(code ?? signal));
  });
  endBeforeRemoval(() => child.kill('SIGKILL'));
  const published = (): Published | null => readStatus(join(runtime, 'status.json'));
  return {
    pid: child.pid ?? 0,
    log: () => output().split('\n').flatMap(logLine),
    published,
    signal: (name) => void child.kill(name),
    ended,
    publishes: async (what, holds, limit) => {
      let last: Published | null = null;
      const right = (): boolean => {
        last = published();
        return last !== null && holds(last);
      };
      await until(`the daemon publishes: ${what}`, right, limit).catch((error: unknown) => {
        throw new Error(`${String(error)}\nits log: ${output()}`);
      });
      if (last === null) throw new Error('it was there a moment ago');
      return last;
    },
  };
}

/** Names the file of the configuration: unless it is named, the actions that another root's file configures do not count. */
function configOf(root: string): string[] {
  const path = join(root, 'etc/aufswatch.toml');
  return existsSync(path) ? ['--config', path] : [];
}

export function readStatus(path: string): Published | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

/** Codes of the findings that were published. */
export function codesOf(published: Published): string[] {
  return published.findings.map(({ code }) => code);
}

function collect(child: ChildProcess): () => string {
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
  }
  return () => text;
}

const LEVELS: Readonly<Record<string, number>> = { debug: 20, info: 30, warning: 40, error: 50 };

/** A line as src/daemon/log-line.ts writes it to a file: time, level, message, (code subject), name=value… */
function logLine(line: string): LogLine[] {
  if (line === '') return [];
  const [, time, level, text = ''] = /^(\S+ \S+) (debug|info|warning|error): (.*)$/.exec(line) ?? [];
  if (time === undefined || level === undefined) return [{ level: 0, msg: line }];
  const ms = / ms=(\d+)$/.exec(text)?.[1];
  const [, msg = text, code] = /^(.*?)(?: \(([\w-]+)(?: .*)?\))?(?: \w+=\S+)*$/.exec(text) ?? [];
  return [
    {
      level: LEVELS[level] ?? 0,
      msg,
      text,
      time,
      ...(code === undefined ? {} : { code }),
      ...(ms === undefined ? {} : { ms: Number(ms) }),
    },
  ];
}
