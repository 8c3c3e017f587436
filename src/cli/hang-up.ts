import { isatty } from 'node:tty';

const STDIN = 0;

/** Has the terminal that this process was started on gone? Then its settings cannot be restored. */
export function hasHungUp(startedOnTerminal: boolean): boolean {
  return startedOnTerminal && !isatty(STDIN);
}

/** Ends this process by SIGHUP. A normal exit would abort: Node cannot restore a terminal that is gone. */
export function endByHangUp(): void {
  process.removeAllListeners('SIGHUP');
  process.kill(process.pid, 'SIGHUP');
}

/** Whether this process reads from a terminal. */
export function isOnTerminal(): boolean {
  return isatty(STDIN);
}
