import type { Hunk } from './patch-file.ts';

/** The lines that a hunk adds and those that it takes out, without the blanks at their ends. */
export interface ChangedLines {
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

/** A line that stands on both sides is neither, also where the hunk moves it. */
export function changedLines({ old, new: after }: Hunk): ChangedLines {
  return { added: beyond(after.lines, old.lines), removed: beyond(old.lines, after.lines) };
}

/** Lines of `all` that `others` has not, or has less often. */
function beyond(all: readonly string[], others: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const line of others) left.set(line, (left.get(line) ?? 0) + 1);
  return all.flatMap((line) => {
    const count = left.get(line) ?? 0;
    if (count === 0) return [line.trimEnd()];
    left.set(line, count - 1);
    return [];
  });
}
