/**
 * Runs a piece of work again and again when asked, never twice at once. Whatever is asked for while it runs
 * makes one more run, so nothing is missed and nothing piles up.
 */
export interface Worker<Request> {
  request(request: Request): void;
  /** Resolves when no run is under way or due. */
  idle(): Promise<void>;
}

/** `merge` makes one request of two; `work` must not throw: it deals with its own failures. */
export function createWorker<Request>(
  merge: (a: Request, b: Request) => Request,
  work: (request: Request) => Promise<void>,
): Worker<Request> {
  let due: { readonly request: Request } | null = null;
  let running: Promise<void> | null = null;
  return {
    request: (request) => {
      due = { request: due === null ? request : merge(due.request, request) };
      running ??= drain();
    },
    idle: async () => {
      await running;
    },
  };

  async function drain(): Promise<void> {
    // The caller of ask() goes on first: its own requests are then one run.
    await Promise.resolve();
    for (let next = take(); next !== null; next = take()) await work(next.request);
    running = null;
  }

  function take(): { readonly request: Request } | null {
    const taken = due;
    due = null;
    return taken;
  }
}
