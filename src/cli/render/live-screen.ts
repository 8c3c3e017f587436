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

/** How large the terminal is now. */
export interface Size {
  readonly rows: number;
  readonly columns: number;
}

export function openLiveScreen(out: Writable, size: () => Size): LiveScreen {
  out.write(OPEN);
  return {
    draw: (text, footer) => {
      const { rows, columns } = size();
      const broken = (lines: string): string[] => lines.split('\n').flatMap((line) => rowsOf(line, columns));
      const all = broken(text.replace(/\n$/, ''));
      const whole = broken(footer);
      const fits = all.length + 1 + whole.length <= rows;
      // The count is as wide as it can become, so that it takes no more rows than were kept for it.
      const kept = fits ? whole.length : broken(`${all.length} more lines; ${footer}`).length;
      const shown = all.slice(0, Math.max(1, rows - 1 - kept));
      const left = all.length - shown.length;
      const last = left > 0 ? broken(`${left} more lines; ${footer}`) : whole;
      // Cleared first: after a row that is full, the cursor still stands on its last letter.
      const screen = [...shown, '', ...last].map((line) => `${CLEAR_LINE}${line}`);
      out.write(`${HOME}${screen.join('\r\n')}${CLEAR_BELOW}`);
    },
    close: () => {
      out.write(CLOSE);
    },
  };
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: a colour, which takes no column, or a letter
const PIECE = /\u001b\[\d+m|./gu;

/** A line as the rows that it takes: what the terminal would break by itself would push the first rows out. */
function rowsOf(line: string, columns: number): string[] {
  const rows = [''];
  let used = 0;
  for (const [piece] of line.matchAll(PIECE)) {
    const takes = piece.startsWith('\u001b') ? 0 : 1;
    if (used + takes > columns) {
      rows.push('');
      used = 0;
    }
    rows.push(`${rows.pop()}${piece}`);
    used += takes;
  }
  return rows;
}
