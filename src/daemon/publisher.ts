import type { Settings } from '../config/settings.ts';
import { unknown } from '../model/fact.ts';
import type { PortageFacts } from '../model/portage.ts';
import { PUBLISHED_SCHEMA, type Published, type PublishedRests, type Stamped } from '../published/form.ts';
import { errorCode } from '../system/system-error.ts';
import { VERSION } from '../version.ts';
import type { Log } from './log.ts';
import { type DaemonMemory, PROVABLE } from './open-memory.ts';
import type { Paths } from './paths.ts';
import { publish } from './publish.ts';

/** Keeps status.json and motd up to date. */
export interface Publisher {
  /** What was published last; null: nothing yet. */
  last(): Published | null;
  /** Publishes a verdict. `scan`: the scan that it was made of, by its name in the file of rests; null: it is not there. */
  publish(next: Verdicts, scan: string | null): void;
  /** Publishes the last verdict again, with the time of now. */
  beat(): void;
}

/** The part of status.json that a scan brings. */
export type Verdicts = Pick<
  Published,
  'verdict' | 'findings' | 'memory' | 'kernels' | 'takenAtMs' | 'unread'
> & {
  readonly form: PortageFacts['form'];
};

export interface PublisherOptions {
  readonly paths: Paths;
  readonly memory: DaemonMemory;
  readonly log: Log;
  readonly signal: AbortSignal;
  settings(): Settings;
  /** The file that the settings were read from, as it was then; null: a change of it may not show. */
  settingsFrom(): Stamped | null;
  now(): number;
  /** Is an emerge or a kernel build under way? */
  busy(): boolean;
  /** Called with everything that is published, before it is written. */
  published(published: Published): void;
}

/** Time and form of a machine that was never read. */
export const NEVER_READ = { takenAtMs: 0, form: unknown('timeout', 'the machine could not be read') };

export function createPublisher(options: PublisherOptions): Publisher {
  const { paths, memory, log, now } = options;
  let published: Published | null = null;
  /** The scan of the verdict that is published. */
  let scan: string | null = null;
  /** The error that kept it from being written last time; null: it was written. */
  let unwritten: string | null = null;

  return {
    last: () => published,
    publish: ({ form, ...next }, of) => {
      scan = of;
      announce({
        schema: PUBLISHED_SCHEMA,
        program: VERSION,
        pid: process.pid,
        heartbeatMs: now(),
        busy: options.busy(),
        notify: options.settings().notify,
        portage: { form },
        rests: null,
        ...next,
      });
    },
    beat: () => {
      if (published !== null) announce({ ...published, busy: options.busy(), heartbeatMs: now() });
    },
  };

  function announce(next: Published): void {
    published = next;
    options.published(next);
    // After the call: a notifier may have written to the ledger, and the rests hold the stamp of that.
    const rests = next.unread === null ? restsOf() : null;
    write({ ...next, rests });
    if (rests === null && next.unread === null) setTimeout(() => writeWithRests(next), PROVABLE).unref();
  }

  /** Writes it once more when the ledger is old enough for its stamp to show the next change. */
  function writeWithRests(written: Published): void {
    if (published !== written || options.signal.aborted) return;
    const rests = restsOf();
    if (rests !== null) write({ ...written, rests });
  }

  /** By which a command sees that the verdict still holds; null: something may have changed since. */
  function restsOf(): PublishedRests | null {
    const settings = options.settingsFrom();
    const ledger = memory.stamps();
    return scan === null || settings === null || ledger === null ? null : { scan, settings, ledger };
  }

  function write(text: Published): void {
    try {
      publish(paths, text);
      unwritten = null;
    } catch (error) {
      const code = errorCode(error);
      if (code === null) throw error;
      // Logged once for each problem, not once a minute.
      if (unwritten === code) return;
      unwritten = code;
      log.error(`${paths.runtime} cannot be written (${code}); the verdict is not published`);
    }
  }
}
