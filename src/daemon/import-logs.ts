import { readPortions } from '../inbox/read-inbox.ts';
import { beforeHooks, importLog, isImported, type LoggedEvent } from '../ledger/import-log.ts';
import { readPositions } from '../ledger/inbox-positions.ts';
import type { Ledger } from '../ledger/open-ledger.ts';
import { readEmergeLog } from '../system/portage/emerge-log.ts';
import { remoteMounts } from '../system/remote-mounts.ts';
import { openRoot } from '../system/root.ts';
import type { Log } from './log.ts';
import type { Paths } from './paths.ts';

/** After how many events the log shows the progress. */
const SHOWN_EVERY = 50_000;

/** Takes the events of emerge.log over into a new ledger, once. Throws errors of SQLite; then the next start does it. */
export async function importLogs(
  ledger: Ledger,
  { root, paths, log }: { readonly root: string; readonly paths: Paths; readonly log: Log },
): Promise<void> {
  if (isImported(ledger)) return;
  // The daemon's own process reads no file system that may not answer. The next start tries again.
  const remote = remoteMounts();
  const machine = openRoot(root, undefined, (host) => remote === null || !remote.holds(host));
  if (machine.list('/var/log').known === false && remote !== null) {
    log.warn(
      'emerge.log is not taken over: /var/log cannot be read, or is on a file system that may not answer',
    );
    return;
  }
  let events: readonly LoggedEvent[] = readEmergeLog(machine, (part, detail) =>
    log.warn(`${part} ${detail}`),
  );
  for await (const portion of readPortions(paths.state, readPositions(ledger)))
    events = beforeHooks(events, portion.events);
  if (events.length > 0) log.info(`taking over ${events.length} events of emerge.log`);
  let shown = 0;
  await importLog(ledger, events, (done, all) => {
    if (done - shown < SHOWN_EVERY) return;
    shown = done;
    log.info(`${done} of ${all} events taken over`);
  });
}
