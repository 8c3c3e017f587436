import { isRecord } from '../../model/untrusted.ts';
import { CHAPTERS, type Chapter } from './record.ts';
import type { Recorded } from './recorder.ts';
import type { Stamp } from './stamp.ts';

/** A file of another form is ignored. */
const FORM = 1;

/** What one verdict depends on: places, each with its stamp, and why some chapters prove nothing. */
export interface Rests {
  /** Identifies the scan; its verdict has the same value. */
  readonly scan: string;
  /** The root on the host. */
  readonly root: string;
  readonly places: ReadonlyMap<Chapter, ReadonlyMap<string, Stamp>>;
  readonly unproven: ReadonlyMap<Chapter, string>;
  /** May everybody enter all directories in it? */
  readonly isPublic: boolean;
}

/**
 * The places of a scan: those that it has read, and for the chapters that it did not read again those of the previous
 * scan. `earlier`: null if there is no record of that.
 */
export function joinRests(
  { scan, root }: Pick<Rests, 'scan' | 'root'>,
  recorded: Recorded,
  earlier: Rests | null,
): Rests {
  const places = new Map(recorded.places);
  const unproven = new Map(recorded.unproven);
  const kept = CHAPTERS.filter((chapter) => chapter !== 'way' && !recorded.begun.has(chapter));
  for (const chapter of kept) {
    const why = earlier === null ? 'the previous scan is not on record' : earlier.unproven.get(chapter);
    if (why !== undefined) unproven.set(chapter, why);
    places.set(chapter, earlier?.places.get(chapter) ?? new Map());
  }
  // It is not recorded which of them led to the places that are kept.
  if (kept.length > 0)
    places.set('way', new Map([...(earlier?.places.get('way') ?? []), ...(places.get('way') ?? [])]));
  const isPublic = recorded.isPublic && (kept.length === 0 || earlier?.isPublic !== false);
  return { scan, root, places, unproven, isPublic };
}

/** One line of JSON: for each chapter the paths, as seen from inside the root, and their stamps, alternately. */
export function restsText({ scan, root, places, unproven, isPublic }: Rests): string {
  const start = root === '/' ? 0 : root.length;
  const flat = [...places].map(([chapter, stamps]) => [
    chapter,
    [...stamps].flatMap(([path, stamp]) => [path.slice(start), stamp]),
  ]);
  return `${JSON.stringify({
    form: FORM,
    scan,
    root,
    isPublic,
    unproven: Object.fromEntries(unproven),
    places: Object.fromEntries(flat),
  })}\n`;
}

/** Parses that text; null: it is not such a text, or another version's. */
export function readRests(text: string): Rests | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isRecord(value) || value.form !== FORM) return null;
  const { scan, root, unproven: doubts, places: chapters } = value;
  if (typeof scan !== 'string' || typeof root !== 'string' || !isRecord(doubts) || !isRecord(chapters))
    return null;
  const places = new Map<Chapter, ReadonlyMap<string, Stamp>>();
  const unproven = new Map<Chapter, string>();
  for (const chapter of CHAPTERS) {
    const stamps = stampsIn(chapters[chapter] ?? [], root === '/' ? '' : root);
    if (stamps === null) return null;
    places.set(chapter, stamps);
    const why = doubts[chapter];
    if (why !== undefined) unproven.set(chapter, String(why));
  }
  return { scan, root, places, unproven, isPublic: value.isPublic === true };
}

function stampsIn(value: unknown, root: string): Map<string, Stamp> | null {
  if (!Array.isArray(value) || value.length % 2 !== 0) return null;
  const stamps = new Map<string, Stamp>();
  for (let at = 0; at < value.length; at += 2) {
    const [path, stamp]: unknown[] = [value[at], value[at + 1]];
    if (typeof path !== 'string' || typeof stamp !== 'string') return null;
    stamps.set(root + path, stamp);
  }
  return stamps;
}
