import { type ChildProcess, spawn } from 'node:child_process';
import type { Settings } from '../config/settings.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Published } from '../published/form.ts';
import { assess } from '../verdict/situation.ts';
import { type ToRehearse, toRehearse } from '../verdict/to-rehearse.ts';
import type { Log } from './log.ts';

/** Has what boots next rehearsed when it is new, where the configuration wants that. */
export interface Rehearsals {
  update(snapshot: Snapshot | null, published: Pick<Published, 'busy' | 'memory'>): void;
  stop(): void;
}

export interface RehearsalsOptions {
  /** `aufswatch rehearse` for this machine, as a process of its own. */
  readonly command: readonly [string, ...string[]];
  settings(): Settings;
  readonly log: Log;
  /** Told when there is something new in the ledger. */
  recorded(): void;
}

/** Of how many pairs of kernel and modules it is remembered that they were tried. */
const TRIED_MAX = 100;
/** Exit statuses of a rehearsal that was held: all load, one is refused, one is unclear. */
const HELD = [0, 2, 3];

export function createRehearsals({ command, settings, log, recorded }: RehearsalsOptions): Rehearsals {
  let running: ChildProcess | null = null;
  let judged: Snapshot | null = null;
  const tried = new Set<string>();
  return {
    update: (snapshot, published) => {
      // While something is compiled or merged, what is installed is half of what will be.
      if (settings().rehearsal.when === 'never' || snapshot === null || published.busy) return;
      if (running !== null || snapshot === judged) return;
      judged = snapshot;
      const asked = toRehearse(assess(snapshot, published.memory), null);
      if (typeof asked === 'string' || isSeen(asked)) return;
      const key = keyOf(asked);
      if (tried.has(key)) return;
      if (tried.size >= TRIED_MAX) tried.clear();
      tried.add(key);
      begin(asked.kernel.name);
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

/** Is there a rehearsal of every module as it is now, whatever came of it? */
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
