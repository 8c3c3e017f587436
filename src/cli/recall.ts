import { existsSync } from 'node:fs';
import { ledgerPath, statusPath } from '../daemon/paths.ts';
import type { Recalled } from '../ledger/recall.ts';
import { NO_MEMORY } from '../model/memory.ts';
import { isHeard, readStatusText } from '../published/file.ts';
import { type PublishedReading, readPublished } from '../published/read.ts';
import type { MachineInvocation } from './command.ts';
import { placesOf } from './places.ts';

const NOTHING: Recalled = { memory: NO_MEMORY, since: new Map(), silenced: new Map() };

/**
 * What is remembered of the machine that a command is about: by the ledger where it may be read, else by what the
 * daemon published. What the daemon says of itself is published only. A saved snapshot has no past.
 */
export async function recall(invocation: MachineInvocation): Promise<Recalled> {
  if ((invocation.options.snapshot ?? null) !== null) return NOTHING;
  const places = placesOf(invocation);
  const heard = places.map((paths) => readStatus(statusPath(paths))).find((found) => found !== null) ?? null;
  const self = heard !== null && isHeard(heard, invocation.now()) ? heard.memory.self : [];
  for (const paths of places) {
    const recalled = existsSync(ledgerPath(paths))
      ? await fromLedger(ledgerPath(paths), invocation.now())
      : null;
    if (recalled !== null) return { ...recalled, memory: { ...recalled.memory, self } };
  }
  return heard === null
    ? NOTHING
    : { memory: { ...heard.memory, self }, since: heard.since, silenced: heard.silenced };
}

/** SQLite is loaded only where there is something to read. */
async function fromLedger(path: string, now: number): Promise<Recalled | null> {
  const { recallFrom } = await import('../ledger/recall.ts');
  return recallFrom(path, now);
}

function readStatus(path: string): PublishedReading | null {
  const text = readStatusText(path);
  return text === null ? null : readPublished(text);
}
