const PIECE = 64 * 1024;

/** Joins texts to pieces of some 64 KiB: a write for each text would take longer than to make it. */
export function* inPieces(texts: Iterable<string>): Generator<string> {
  let piece = '';
  for (const text of texts) {
    piece += text;
    if (piece.length < PIECE) continue;
    yield piece;
    piece = '';
  }
  if (piece !== '') yield piece;
}
