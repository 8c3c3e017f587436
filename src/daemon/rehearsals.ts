import { type ChildProcess, spawn } from 'node:child_process';
import type { Settings } from '../config/settings.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Published } from '../published/form.ts';
import { assess } from '../verdict/situation.ts';
import { type ToRehearse, toRehearse } from '../verdict/to-rehearse.ts';
import type { Log } from './log.ts';

/** Starts a rehearsal of the image that boots next when it is new, if the configuration says so. */
export interface Rehearsals {
  update(snapshot: Snapshot | null, published: Pick<Published, 'busy' | 'memory'>): void;
  stop(): void;
}

export interface RehearsalsOptions {
  /** `aufswatch rehearse` for this machine, as a process of its own. */
  readonly command: readonly [string, ...string[]];
  settings(): Settings;
  readonly log: Log;
  /** Called when a rehearsal was recorded in the ledger. */
  recorded(): void;
}

/** How many pairs of kernel and modules that were tried are kept in mind. */
const TRIED_MAX = 100;
/** Exit statuses of a rehearsal with a result: all load, one is refused, one is unclear. */
const HELD = [0, 2, 3];

export function createRehearsals({ command, settings, log, recorded }: RehearsalsOptions): Rehearsals {
  let running: ChildProcess | null = null;
  let judged: Snapshot | null = null;
  const tried = new Set<string>();
  return {
    update: (snapshot, published) => {
      // While something is compiled or merged, only part of it is installed.
      if (settings().rehearsal.when === 'never' || snapshot === null || published.busy) return;
      if (running !== null || snapshot === judged) return;
      judged = snapshot;
      const request = toRehearse(assess(snapshot, published.memory), null);
      if (typeof request === 'string' || isSeen(request)) return;
      const key = keyOf(request);
      if (tried.has(key)) return;
      if (tried.size >= TRIED_MAX) tried.clear();
      tried.add(key);
      begin(request.kernel.name);
    },
    stop: () => {
      running?.kill('SIGTERM');
    },
  };

  function begin(name: string): void {
    const [file, ...words] = command;
    log.info(`rehearsing ${name}`);
    const child = spawn(file, words, { stdio: ['ignore', 'ignore', 'pipe'] });
    running = child;
    let said = '';
    child.stderr.on('data', (data: Buffer) => {
      said = (said + data.toString()).slice(0, 1000);
    });
    child.on('error', ({ message }) => end(message, false));
    child.on('close', (code, signal) => end(said.trim() || `ended (${signal ?? code})`, isHeld(code)));

    function end(how: string, held: boolean): void {
      if (running !== child) return;
      running = null;
      if (held) recorded();
      else log.warn(`${name} could not be rehearsed: ${how}`);
    }
  }
}

function isHeld(code: number | null): boolean {
  return code !== null && HELD.includes(code);
}

/** Is there a rehearsal of every module as it is now, with any result? */
function isSeen({ kernel, modules }: ToRehearse): boolean {
  return modules.every(({ file }) =>
    kernel.rehearsed.some(({ file: seen }) => seen.path === file.path && seen.mtimeMs === file.mtime),
  );
}

/** The pair: this image and these files. */
function keyOf({ kernel, image, modules, words }: ToRehearse): string {
  const files = modules.map(({ file: { path, size, mtime } }) => [path, size, mtime]);
  return JSON.stringify([image, kernel.image?.mtime, kernel.image?.size, words, files]);
}
