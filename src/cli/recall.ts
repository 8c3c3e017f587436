import { existsSync } from 'node:fs';
import { ledgerPath, statusPath } from '../daemon/paths.ts';
import type { Recalled } from '../ledger/recall.ts';
import { NO_MEMORY } from '../model/memory.ts';
import { isAlive, readStatusText } from '../published/file.ts';
import { type PublishedReading, readPublished } from '../published/read.ts';
import type { MachineInvocation } from './command.ts';
import { placesOf } from './places.ts';

const NOTHING: Recalled = { memory: NO_MEMORY, since: new Map(), silenced: new Map() };

/**
 * What is remembered of the machine that a command is about: by the ledger where it may be read, else by what the
 * daemon published. What the daemon reports of itself is only published. A saved snapshot has no past.
 */
export async function recall(invocation: MachineInvocation): Promise<Recalled> {
  if ((invocation.options.snapshot ?? null) !== null) return NOTHING;
  const places = placesOf(invocation);
  const published =
    places.map((paths) => readStatus(statusPath(paths))).find((found) => found !== null) ?? null;
  const self = published !== null && isAlive(published, invocation.now()) ? published.memory.self : [];
  for (const paths of places) {
    const recalled = existsSync(ledgerPath(paths))
      ? await fromLedger(ledgerPath(paths), invocation.now())
      : null;
    if (recalled !== null) return { ...recalled, memory: { ...recalled.memory, self } };
  }
  return published === null
    ? NOTHING
    : { memory: { ...published.memory, self }, since: published.since, silenced: published.silenced };
}

/** SQLite is loaded only where there is a ledger. */
async function fromLedger(path: string, now: number): Promise<Recalled | null> {
  const { recallFrom } = await import('../ledger/recall.ts');
  return recallFrom(path, now);
}

function readStatus(path: string): PublishedReading | null {
  const text = readStatusText(path);
  return text === null ? null : readPublished(text);
}
