import type { Hunk } from './patch-file.ts';

/** The lines that a hunk adds and removes, trimmed. */
export interface ChangedLines {
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

/** A line on both sides is neither, even if the hunk moves it. */
export function changedLines({ old, new: after }: Hunk): ChangedLines {
  return { added: beyond(after.lines, old.lines), removed: beyond(old.lines, after.lines) };
}

/** The lines of `all` that `others` does not have, or has less often. */
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
