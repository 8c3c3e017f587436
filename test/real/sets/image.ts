import type { PatchComponent } from '../../../src/model/patch-component.ts';
import { PATCH_COMPONENTS } from '../../../src/model/patch-component.ts';
import type { FileDiff } from '../../../src/system/sources/patch-file.ts';

type Patches = Readonly<Partial<Record<PatchComponent, readonly FileDiff[]>>>;
/** A line; null: some line of the kernel that no hunk shows. */
type Line = string | null;

/** One file of a kernel tree, as far as the hunks of a set show it. */
interface Stage {
  readonly path: string;
  /** The diffs in the order in which they are applied, and the file before each; the last entry is the final file. */
  readonly before: readonly { readonly component: PatchComponent; readonly lines: readonly Line[] | null }[];
  readonly after: readonly Line[] | null;
}

/** The files of a tree before and after a set. */
export interface Images {
  /** Can these be applied without the others? A patch may change lines that an earlier one added. */
  fit(applied: ReadonlySet<PatchComponent>): boolean;
  /** Text of a file with these components applied, in their order; null: it does not exist. */
  text(path: string, applied: ReadonlySet<PatchComponent>): string | null;
  readonly paths: readonly string[];
  /** Files whose hunks contradict each other. */
  readonly unclear: readonly string[];
}

/**
 * The content that a set shows of the files that it changes: the lines of its hunks at their places, and placeholders
 * for all others. Going back from the last patch to the first gives the file before each; lines that two of them show
 * must be equal.
 */
export function imagesOf(patches: Patches): Images {
  const stages = new Map<string, Stage>();
  const unclear: string[] = [];
  for (const path of pathsOf(patches)) {
    const stage = stageOf(path, patches);
    if (stage === null) unclear.push(path);
    else stages.set(path, stage);
  }
  return {
    paths: [...stages.keys()],
    unclear,
    fit: (applied) =>
      [...stages].every(([path, stage]) => linesOf(path, patches, stage, applied) !== 'does not fit'),
    text: (path, applied) => {
      const stage = stages.get(path);
      const lines = stage === undefined ? null : linesOf(path, patches, stage, applied);
      if (lines === null || lines === 'does not fit') return null;
      return lines.map((line, index) => line ?? `/* line ${index} of ${path} */\n`).join('');
    },
  };
}

function pathsOf(patches: Patches): string[] {
  const all = PATCH_COMPONENTS.flatMap((component) => patches[component] ?? []);
  return [...new Set(all.map((diff) => diff.paths.at(-1) ?? ''))].filter((path) => path !== '');
}

function diffsOf(path: string, patches: Patches): { component: PatchComponent; diff: FileDiff }[] {
  return PATCH_COMPONENTS.flatMap((component) =>
    (patches[component] ?? [])
      .filter((diff) => diff.paths.at(-1) === path)
      .map((diff) => ({ component, diff })),
  );
}

function stageOf(path: string, patches: Patches): Stage | null {
  let lines: Line[] | null = [];
  const before: { component: PatchComponent; lines: readonly Line[] | null }[] = [];
  for (const { component, diff } of diffsOf(path, patches).toReversed()) {
    lines = unapplied(lines ?? [], diff);
    if (lines === null) return null;
    before.unshift({ component, lines });
  }
  return { path, before, after: [] };
}

/** The file before a diff, with the lines of its hunks; null: they contradict the lines that are there. */
function unapplied(after: readonly Line[], diff: FileDiff): Line[] | null {
  const lines: Line[] = [...after];
  for (const { new: there } of diff.hunks) {
    for (const [index, line] of there.lines.entries()) {
      const at = there.first - 1 + index;
      while (lines.length <= at) lines.push(null);
      const known = lines[at] ?? null;
      if (known !== null && known !== line) return null;
      lines[at] = line;
    }
  }
  for (const { old, new: there } of diff.hunks.toReversed()) {
    lines.splice(there.first - 1, there.lines.length, ...old.lines);
  }
  return lines;
}

function linesOf(
  path: string,
  patches: Patches,
  stage: Stage,
  applied: ReadonlySet<PatchComponent>,
): readonly Line[] | 'does not fit' | null {
  const diffs = diffsOf(path, patches);
  let lines: Line[] = [...(stage.before[0]?.lines ?? [])];
  let there = diffs[0]?.diff.before !== 'absent';
  let moved = 0;
  for (const { component, diff } of diffs) {
    const growth = diff.hunks.reduce((sum, hunk) => sum + hunk.new.lines.length - hunk.old.lines.length, 0);
    if (!applied.has(component)) {
      moved += growth;
      continue;
    }
    there = diff.after !== 'absent';
    const next = appliedTo(lines, diff, moved);
    if (next === null) return 'does not fit';
    lines = next;
  }
  return there ? lines : null;
}

/** A hunk is searched near its stated line: patches that were left out have moved it. */
function appliedTo(lines: readonly Line[], diff: FileDiff, moved: number): Line[] | null {
  const result: Line[] = [...lines];
  let growth = 0;
  for (const { old, new: there } of diff.hunks) {
    const guess = old.first - 1 + growth;
    const at = nearest(result, old.lines, guess, Math.abs(moved) + 200);
    if (at === null) return null;
    result.splice(at, old.lines.length, ...there.lines);
    growth += there.lines.length - old.lines.length;
  }
  return result;
}

function nearest(
  lines: readonly Line[],
  wanted: readonly string[],
  guess: number,
  most: number,
): number | null {
  if (wanted.length === 0) return Math.max(0, guess);
  for (let distance = 0; distance <= most; distance++) {
    for (const at of [guess + distance, guess - distance]) {
      if (at >= 0 && wanted.every((line, index) => lines[at + index] === line)) return at;
    }
  }
  return null;
}
