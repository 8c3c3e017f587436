/**
 * Runs a piece of work for each request, never twice at once. All requests that come during a run are merged into one
 * more run, so none is lost and they do not pile up.
 */
export interface Worker<Request> {
  request(request: Request): void;
  /** Resolves when no run is under way or due. */
  idle(): Promise<void>;
}

/** `merge` makes one request of two. `work` must not throw. */
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
    // The caller of request() continues first, so all requests that it makes are one run.
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
