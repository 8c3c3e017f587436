import { writeSync } from 'node:fs';
import { isatty } from 'node:tty';
import type { Terminal } from '../terminal.ts';
import { cut, plain } from './style.ts';

/** One line on standard error that says what is being done. It prints nothing where that is no terminal. */
export interface ProgressLine {
  show(text: string): void;
  clear(): void;
}

const STDERR = 2;
const CLEAR = '\r\u001b[K';

export function progressLine(terminal: Terminal): ProgressLine {
  if (!isatty(STDERR)) return { show: () => {}, clear: () => {} };
  return {
    show: (text) => writeSync(STDERR, `${CLEAR}${cut(plain(terminal, text), terminal.width - 1, terminal)}`),
    clear: () => writeSync(STDERR, CLEAR),
  };
}
