import { type KernelVersion, PATCH_COMPONENTS, type PatchComponent } from '../../model/tree.ts';
import { MARKS_TEXT, SERIES_TEXT } from './marker-table.ts';

/** A row of the marker table: one branch of the patch sets. */
export interface Series {
  readonly index: number;
  /** As the sets name it: `6.1`, `3.2.x`, `4.18.11+`. */
  readonly name: string;
  /** Date of its last set, as 20240701. */
  readonly lastSet: number;
  /** No set for it is older than this, as 20221001. */
  readonly firstDay: number;
}

/** A file that a component touches, and the marks that it leaves there. */
export interface TouchedFile {
  readonly component: PatchComponent;
  readonly path: string;
  readonly marks: readonly Mark[];
}

export interface Mark {
  readonly kind: 'export' | 'name';
  readonly name: string;
  /** Has every set for the series, of that day or later, left it? */
  readonly sure: boolean;
}

type Point = readonly [version: number, patchlevel: number, sublevel: number];
type Span = readonly [first: number, last: number];
interface Row {
  readonly component: PatchComponent;
  readonly path: string;
  readonly spans: readonly Span[];
  readonly marks: (Omit<Mark, 'sure'> & { readonly spans: readonly Span[] })[];
}

export const ALL_SERIES: readonly Series[] = lines(SERIES_TEXT).map((line, index) => {
  const [name = '', lastSet, firstDay] = line.split(' ');
  return { index, name, lastSet: Number(lastSet), firstDay: Number(firstDay) };
});
const POINTS: readonly Point[] = ALL_SERIES.map((series) => seriesPoint(series.name) ?? [0, 0, 0]);
const INDEX = new Map(ALL_SERIES.map((series) => [series.name, series.index]));
const ROWS = parseRows();

/**
 * The series nearest at or below a kernel's version: a branch serves every later point release until the next
 * branch. null: older than all of them.
 */
export function nearestSeries(version: KernelVersion): Series | null {
  return nearest([version.version, version.patchlevel, version.sublevel]);
}

/** Is it of a series that came after the last row? Then a set for it may leave other marks. */
export function isBeyondTable(version: KernelVersion): boolean {
  const [major, minor] = POINTS.at(-1) ?? [0, 0];
  return version.version > major || (version.version === major && version.patchlevel > minor);
}

/**
 * Is a patch of the branch `name` (`6.1`, `5.10.82`) the one for a kernel of this version? null: the name does
 * not tell, as `6.x-rcN`.
 */
export function isForVersion(name: string, version: KernelVersion): boolean | null {
  const patch = seriesPoint(name);
  if (patch === null) return null;
  const tree: Point = [version.version, version.patchlevel, version.sublevel];
  return (
    patch[0] === tree[0] &&
    patch[1] === tree[1] &&
    compare(patch, tree) <= 0 &&
    nearest(patch) === nearest(tree)
  );
}

/**
 * The files that the whole set touches in a series, with the marks that it leaves there. `day` is the date of the
 * set, or the earliest that it can have: marks grew over the years, and a set can lack those that came later.
 */
export function touchedFiles(series: Series, day: number): readonly TouchedFile[] {
  return ROWS.filter((row) => within(row.spans, series.index)).map((row) => ({
    component: row.component,
    path: row.path,
    marks: row.marks
      .filter((each) => within(each.spans, series.index))
      .map((each) => ({ kind: each.kind, name: each.name, sure: isSure(each.spans, series, day) })),
  }));
}

/** Which components touch the file, in any series. */
export function componentsOf(path: string): readonly PatchComponent[] {
  return PATCH_COMPONENTS.filter((each) => ROWS.some((row) => row.component === each && row.path === path));
}

/** Had the set for some series, up to this one, the mark when work on it ended, and was that before `day`? */
function isSure(spans: readonly Span[], series: Series, day: number): boolean {
  return ALL_SERIES.some(
    (each) => each.index <= series.index && each.lastSet <= day && within(spans, each.index),
  );
}

function nearest(point: Point): Series | null {
  const index = POINTS.findLastIndex((each) => compare(each, point) <= 0);
  return ALL_SERIES[index] ?? null;
}

/** `3.2.x` is the branch for the point releases of 3.2, so it begins at 3.2.1. */
function seriesPoint(name: string): Point | null {
  const match = /^(\d{1,4})\.(\d{1,4})(?:\.(\d{1,4}|x))?\+?$/.exec(name);
  if (match === null) return null;
  const [, major, minor, point = '0'] = match;
  return [Number(major), Number(minor), point === 'x' ? 1 : Number(point)];
}

function compare(a: Point, b: Point): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}

function within(spans: readonly Span[], index: number): boolean {
  return spans.some(([first, last]) => first <= index && index <= last);
}

function parseRows(): readonly Row[] {
  const rows: Row[] = [];
  for (const line of lines(MARKS_TEXT)) {
    const [head = '', second = '', third] = line.trim().split(' ');
    const spans = third?.split(',').map(parseSpan);
    if (!line.startsWith(' ')) {
      rows.push({ component: toComponent(head), path: second, spans: spans ?? [], marks: [] });
      continue;
    }
    const row = rows.at(-1);
    const kind = head === 'export' ? 'export' : 'name';
    row?.marks.push({ kind, name: second, spans: spans ?? row.spans });
  }
  return rows;
}

function parseSpan(text: string): Span {
  const [first = '', last = first] = text.split('..');
  return [INDEX.get(first) ?? -1, INDEX.get(last) ?? -1];
}

/** Series before 3.8 have a proc_map patch in mmap's place. */
function toComponent(patch: string): PatchComponent {
  return PATCH_COMPONENTS.find((each) => each === patch) ?? 'mmap';
}

function lines(text: string): readonly string[] {
  return text.split('\n').filter((line) => line !== '');
}
