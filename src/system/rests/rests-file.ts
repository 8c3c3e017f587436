import { isRecord } from '../../model/untrusted.ts';
import { CHAPTERS, type Chapter } from './record.ts';
import type { Recorded } from './recorder.ts';
import type { Stamp } from './stamp.ts';

/** Of another form, nothing is believed. */
const FORM = 1;

/** What one verdict rests on: places, each with its stamp, and why some of them prove nothing. */
export interface Rests {
  /** Which look it was; the verdict that was made of it names it as well. */
  readonly look: string;
  /** The root on the host. */
  readonly root: string;
  readonly places: ReadonlyMap<Chapter, ReadonlyMap<string, Stamp>>;
  readonly unproven: ReadonlyMap<Chapter, string>;
  /** Can everybody enter all of the directories in it? */
  readonly isPublic: boolean;
}

/**
 * What a look rests on: what it has read, and of the chapters that stood as they were what the look before has recorded.
 * `earlier`: null where that is not on record.
 */
export function joinRests(
  { look, root }: Pick<Rests, 'look' | 'root'>,
  recorded: Recorded,
  earlier: Rests | null,
): Rests {
  const places = new Map(recorded.places);
  const unproven = new Map(recorded.unproven);
  const kept = CHAPTERS.filter((chapter) => chapter !== 'way' && !recorded.begun.has(chapter));
  for (const chapter of kept) {
    const why =
      earlier === null ? 'what an earlier look saw is not on record' : earlier.unproven.get(chapter);
    if (why !== undefined) unproven.set(chapter, why);
    places.set(chapter, earlier?.places.get(chapter) ?? new Map());
  }
  // Nobody knows which of them led to what was kept.
  if (kept.length > 0)
    places.set('way', new Map([...(earlier?.places.get('way') ?? []), ...(places.get('way') ?? [])]));
  const isPublic = recorded.isPublic && (kept.length === 0 || earlier?.isPublic !== false);
  return { look, root, places, unproven, isPublic };
}

/** As one line of JSON: in each chapter the places, as seen from inside the root, and their stamps in turn. */
export function restsText({ look, root, places, unproven, isPublic }: Rests): string {
  const start = root === '/' ? 0 : root.length;
  const flat = [...places].map(([chapter, stamps]) => [
    chapter,
    [...stamps].flatMap(([path, stamp]) => [path.slice(start), stamp]),
  ]);
  return `${JSON.stringify({
    form: FORM,
    look,
    root,
    isPublic,
    unproven: Object.fromEntries(unproven),
    places: Object.fromEntries(flat),
  })}\n`;
}

/** Reads that text; null: it is none, or of another version's form. */
export function readRests(text: string): Rests | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isRecord(value) || value.form !== FORM) return null;
  const { look, root, unproven: doubts, places: chapters } = value;
  if (typeof look !== 'string' || typeof root !== 'string' || !isRecord(doubts) || !isRecord(chapters))
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
  return { look, root, places, unproven, isPublic: value.isPublic === true };
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
