import type { Writable } from 'node:stream';

/** A screen of its own over what the terminal shows, drawn again and again without flicker. */
export interface LiveScreen {
  /** Shows this text from the top; what does not fit is left out, and the last line says so. */
  draw(text: string, footer: string): void;
  /** Gives the terminal back as it was. */
  close(): void;
}

const ESC = '\u001b[';
/** xterm's alternate screen, and the cursor hidden (ECMA-48 private modes that all terminals of today know). */
const OPEN = `${ESC}?1049h${ESC}?25l`;
const CLOSE = `${ESC}?25h${ESC}?1049l`;
const HOME = `${ESC}H`;
const CLEAR_LINE = `${ESC}K`;
const CLEAR_BELOW = `${ESC}J`;

/** `rows` tells the height of the terminal now. */
export function openLiveScreen(out: Writable, rows: () => number): LiveScreen {
  out.write(OPEN);
  return {
    draw: (text, footer) => {
      const lines = text.replace(/\n$/, '').split('\n');
      const room = Math.max(1, rows() - 2);
      const shown = lines.length <= room ? lines : lines.slice(0, room);
      const left = lines.length - shown.length;
      const last = left > 0 ? `${left} more lines; ${footer}` : footer;
      const screen = [...shown, '', last].map((line) => `${line}${CLEAR_LINE}`);
      out.write(`${HOME}${screen.join('\r\n')}${CLEAR_BELOW}`);
    },
    close: () => {
      out.write(CLOSE);
    },
  };
}
