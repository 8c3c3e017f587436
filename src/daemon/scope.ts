/** What a function has started and must end. */
export interface Scope {
  /** Call it right after the start. Returns `started`. */
  add<T>(started: T, end: (started: T) => unknown): T;
}

/**
 * Runs `body`. Then ends everything that it added, the newest first, each after the end of the one before; also where
 * `body` or one of these ends fails. Returns what `body` returns; throws the first error.
 */
export async function inScope<T>(body: (scope: Scope) => Promise<T>): Promise<T> {
  const ends: (() => unknown)[] = [];
  const errors: unknown[] = [];
  const attempt = async <R>(run: () => R | Promise<R>): Promise<R | null> => {
    try {
      return await run();
    } catch (error) {
      errors.push(error);
      return null;
    }
  };
  const add: Scope['add'] = (started, end) => {
    ends.push(() => end(started));
    return started;
  };
  const done = await attempt(async () => ({ value: await body({ add }) }));
  for (const end of ends.toReversed()) await attempt(end);
  if (done === null || errors.length > 0) throw errors[0];
  return done.value;
}
