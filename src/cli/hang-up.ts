import { isatty } from 'node:tty';

const STDIN = 0;

/** Where the terminal that this process was started on is gone, it asks for nothing and can be given nothing back. */
export function hasHungUp(startedOnTerminal: boolean): boolean {
  return startedOnTerminal && !isatty(STDIN);
}

/** Ends this process as a hang-up does by itself: Node aborts at its end where it cannot give a terminal back. */
export function endByHangUp(): void {
  process.removeAllListeners('SIGHUP');
  process.kill(process.pid, 'SIGHUP');
}

/** Whether this process reads from a terminal. */
export function isOnTerminal(): boolean {
  return isatty(STDIN);
}
