import { isRecord } from '../model/untrusted.ts';

/** Values at a greater depth are small: a module of a Snapshot is one piece. */
const DEPTH = 4;

/** The text of JSON.stringify() in pieces. The whole text of a large value would be in memory several times. */
export function* jsonPieces(value: unknown, depth = DEPTH): Generator<string> {
  if (depth > 0 && Array.isArray(value)) {
    const items: readonly unknown[] = value;
    yield* enclosed('[', items, (item) => jsonPieces(item, depth - 1), ']');
  } else if (depth > 0 && isRecord(value)) {
    const entries = Object.entries(value).filter(([, part]) => part !== undefined);
    yield* enclosed('{', entries, (entry) => property(entry, depth - 1), '}');
  } else {
    yield JSON.stringify(value) ?? 'null';
  }
}

function* enclosed<T>(
  open: string,
  items: readonly T[],
  textOf: (item: T) => Iterable<string>,
  close: string,
): Generator<string> {
  let before = open;
  for (const item of items) {
    yield before;
    yield* textOf(item);
    before = ',';
  }
  yield items.length === 0 ? open + close : close;
}

function* property([key, value]: readonly [string, unknown], depth: number): Generator<string> {
  yield `${JSON.stringify(key)}:`;
  yield* jsonPieces(value, depth);
}
