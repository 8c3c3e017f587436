/** The word that was most likely meant: at most a third of its letters differ. null: none. */
export function nearest(word: string, words: readonly string[]): string | null {
  const ranked = words
    .map((other) => ({ other, distance: distance(word, other) }))
    .filter(({ other, distance: far }) => far <= Math.max(1, Math.floor(other.length / 3)))
    .toSorted((a, b) => a.distance - b.distance);
  return ranked[0]?.other ?? null;
}

/** How many letters must be inserted, removed or changed (Levenshtein distance). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [index, letter] of [...a].entries()) {
    const next = [index + 1];
    for (const [at, other] of [...b].entries()) {
      const changed = (row[at] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(changed, (row[at + 1] ?? 0) + 1, (next[at] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? a.length;
}
