import { PATCH_COMPONENTS, type PatchComponent } from '../../model/patch-component.ts';
import type { KernelVersion } from '../../model/tree.ts';
import { MARKS_TEXT, SERIES_TEXT } from './marker-table.ts';

/** A row of the marker table: one branch of the patch sets. */
export interface Series {
  /** As in the sets: `6.1`, `3.2.x`, `4.18.11+`. */
  readonly name: string;
  /** Oldest first. */
  readonly editions: readonly Edition[];
}

/** Sets of a branch with the same marks. */
export interface Edition {
  readonly index: number;
  /** The day of the first one, as 20240701. */
  readonly day: number;
}

/** A file that a component touches, and the marks that the component leaves in it. */
export interface TouchedFile {
  readonly component: PatchComponent;
  readonly path: string;
  /** Do all candidate sets touch it? */
  readonly sure: boolean;
  readonly marks: readonly (Mark & { readonly sure: boolean })[];
}

export interface Mark {
  readonly kind: 'export' | 'name' | 'text';
  readonly name: string;
  /**
   * The name that it replaced: the mark is missing only if that is still there. null: the mark is missing if it is
   * absent.
   */
  readonly instead: string | null;
}

type Point = readonly [version: number, patchlevel: number, sublevel: number];
type Span = readonly [first: number, last: number];
interface Row {
  readonly component: PatchComponent;
  readonly path: string;
  readonly spans: readonly Span[];
  readonly marks: (Mark & { readonly spans: readonly Span[] })[];
}

export const ALL_SERIES: readonly Series[] = parseSeries();
const POINTS: readonly Point[] = ALL_SERIES.map(({ name }) => branchPoint(name) ?? [0, 0, 0]);
const ROWS = parseRows();

/**
 * The series nearest at or below a kernel's version: a branch is for every later point release until the next branch.
 * null: older than all of them.
 */
export function nearestSeries(version: KernelVersion): Series | null {
  return nearest(pointOf(version));
}

/**
 * The editions that a set in a tree of this version can have: those of all branches for the same kernel series, the
 * nearest branch first and its latest edition first. `day`: the date of the set, if known; then only the edition of
 * that day of each branch.
 */
export function candidateEditions(version: KernelVersion, day: number | null): readonly Edition[] {
  const own = nearestSeries(version);
  const branches = ALL_SERIES.filter((series) => isSameSeries(branchPoint(series.name), pointOf(version)));
  const others = branches.filter((series) => series !== own).toReversed();
  return (own === null ? others : [own, ...others]).flatMap((series) => editionsOn(series, day).toReversed());
}

/** Is it of a series newer than the last row? Then a set for it may leave other marks. */
export function isBeyondTable(version: KernelVersion): boolean {
  const [major, minor] = POINTS.at(-1) ?? [0, 0];
  return version.version > major || (version.version === major && version.patchlevel > minor);
}

/**
 * Is a patch of the branch `name` (`6.1`, `5.10.82`) for a kernel of this version? null: unknown: `6.x-rcN` is for
 * the kernel that was next at the time.
 */
export function isForVersion(name: string, version: KernelVersion): boolean | null {
  const patch = branchPoint(name);
  if (patch === null) return isForCandidate(name, version);
  const tree = pointOf(version);
  return isSameSeries(patch, tree) && comparePoints(patch, tree) <= 0 && nearest(patch) === nearest(tree);
}

/** The nearest of the branches that are for a kernel of this version; null: none. */
export function nearestBranch(names: readonly string[], version: KernelVersion): string | null {
  const fit = names.filter((name) => isForVersion(name, version) === true);
  return (
    fit.toSorted((a, b) => comparePoints(branchPoint(b) ?? [0, 0, 0], branchPoint(a) ?? [0, 0, 0]))[0] ?? null
  );
}

/**
 * The files that the whole set touches in a series, with the marks that it leaves: from all its sets, or if `day` is
 * known from those of that day.
 */
export function touchedFiles(series: Series, day: number | null): readonly TouchedFile[] {
  const editions = editionsOn(series, day);
  const some = (spans: readonly Span[]): boolean => editions.some(({ index }) => within(spans, index));
  const every = (spans: readonly Span[]): boolean => editions.every(({ index }) => within(spans, index));
  return ROWS.filter(({ spans }) => some(spans)).map(({ component, path, spans, marks }) => ({
    component,
    path,
    sure: every(spans),
    marks: marks
      .filter((each) => some(each.spans))
      .map(({ kind, name, instead, spans: own }) => ({ kind, name, instead, sure: every(own) })),
  }));
}

/** The marks that the sets of an edition leave in the files of a tree. */
export function marksOf(
  edition: Edition,
): readonly { component: PatchComponent; path: string; marks: readonly Mark[] }[] {
  return ROWS.filter(({ spans }) => within(spans, edition.index)).map(({ component, path, marks }) => ({
    component,
    path,
    marks: marks.filter(({ spans }) => within(spans, edition.index)),
  }));
}

/** The components that touch the file, in any series. */
export function componentsOf(path: string): readonly PatchComponent[] {
  return PATCH_COMPONENTS.filter((each) => ROWS.some((row) => row.component === each && row.path === path));
}

function editionsOn({ editions }: Series, day: number | null): readonly Edition[] {
  if (day === null) return editions;
  const own = editions.findLast((edition) => edition.day <= day) ?? editions[0];
  return own === undefined ? [] : [own];
}

/** `6.x-rcN` for a release candidate of version 6. */
function isForCandidate(name: string, { version, extraversion }: KernelVersion): boolean | null {
  const major = /^(\d{1,4})\.x-rcN$/.exec(name)?.[1];
  if (major === undefined || !/^-rc\d/.test(extraversion)) return null;
  return Number(major) === version;
}

function nearest(point: Point): Series | null {
  const index = POINTS.findLastIndex((each) => comparePoints(each, point) <= 0);
  return ALL_SERIES[index] ?? null;
}

/** `3.2.x` is the branch for the point releases of 3.2, so it begins at 3.2.1. */
function branchPoint(name: string): Point | null {
  const match = /^(\d{1,4})\.(\d{1,4})(?:\.(\d{1,4}|x))?\+?$/.exec(name);
  if (match === null) return null;
  const [, major, minor, point = '0'] = match;
  return [Number(major), Number(minor), point === 'x' ? 1 : Number(point)];
}

function pointOf({ version, patchlevel, sublevel }: KernelVersion): Point {
  return [version, patchlevel, sublevel];
}

function isSameSeries(a: Point | null, b: Point): boolean {
  return a !== null && a[0] === b[0] && a[1] === b[1];
}

function comparePoints(a: Point, b: Point): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}

function within(spans: readonly Span[], index: number): boolean {
  return spans.some(([first, last]) => first <= index && index <= last);
}

function parseSeries(): Series[] {
  let index = 0;
  return lines(SERIES_TEXT).map((line) => {
    const [name = '', ...days] = line.split(' ');
    return { name, editions: days.map((day) => ({ index: index++, day: Number(day) })) };
  });
}

function parseRows(): readonly Row[] {
  const rows: Row[] = [];
  for (const line of lines(MARKS_TEXT)) {
    const [head = '', second = '', third] = line.trim().split(' ');
    const spans = third?.split(',').map(parseSpan);
    const row = rows.at(-1);
    if (line.startsWith(' ') && row !== undefined) {
      const kind = (['export', 'text'] as const).find((each) => each === head) ?? 'name';
      const [name = '', instead = null] = kind === 'text' ? [second] : second.split('/');
      row.marks.push({ kind, name, instead, spans: spans ?? row.spans });
      continue;
    }
    const component = PATCH_COMPONENTS.find((each) => each === head);
    if (component !== undefined) rows.push({ component, path: second, spans: spans ?? [], marks: [] });
  }
  return rows;
}

function parseSpan(text: string): Span {
  const [first = '', last = first] = text.split('..');
  return [Number(first), Number(last)];
}

function lines(text: string): readonly string[] {
  return text.split('\n').filter((line) => line !== '');
}
