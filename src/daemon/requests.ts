/** A signal of a person or a service: scan now (SIGUSR1), read the configuration (SIGHUP), write the heartbeat (SIGUSR2). */
export type Request = 'scan' | 'reload' | 'beat';

/**
 * Takes signals from now on: without a handler they would end the process. Returns a function that sets the handler. Of
 * what came before, only `reload` is passed on: the first scan and its heartbeat come in any case.
 */
export function receiveRequests(
  onRequest: (handler: (request: Request) => void) => void,
): (handler: (request: Request) => void) => void {
  let reloadEarly = false;
  let handle = (request: Request): void => {
    if (request === 'reload') reloadEarly = true;
  };
  onRequest((request) => handle(request));
  return (handler) => {
    handle = handler;
    if (reloadEarly) handler('reload');
  };
}
