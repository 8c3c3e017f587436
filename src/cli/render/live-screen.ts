import type { Writable } from 'node:stream';

/** A screen of its own over what the terminal shows, drawn again and again without flicker. */
export interface LiveScreen {
  /** Shows this text where the last one was scrolled to; the last line says how much is below. */
  draw(text: string, footer: string): void;
  /** Shows another part of it. */
  scroll(move: Scroll): void;
  /** Gives the terminal back as it was. */
  close(): void;
}

/** By rows, by what fits on the screen, or to an end; down is positive. */
export type Scroll = { readonly rows: number } | { readonly pages: number } | 'top' | 'bottom';

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
  let text = '';
  let footer = '';
  /** The first row that is shown, and how many fit. */
  let first = 0;
  let room = 1;
  out.write(OPEN);
  return {
    draw: (newText, newFooter) => {
      text = newText;
      footer = newFooter;
      redraw();
    },
    scroll: (move) => {
      first = scrolled(move);
      redraw();
    },
    close: () => {
      out.write(CLOSE);
    },
  };

  function scrolled(move: Scroll): number {
    if (move === 'top') return 0;
    // What is too far is taken back when it is drawn.
    if (move === 'bottom') return Number.MAX_SAFE_INTEGER;
    // A row of the last page stays, to read on from.
    return first + ('rows' in move ? move.rows : move.pages * Math.max(1, room - 1));
  }

  function redraw(): void {
    const { rows, columns } = size();
    const broken = (lines: string): string[] => lines.split('\n').flatMap((line) => rowsOf(line, columns));
    const all = broken(text.replace(/\n$/, ''));
    const whole = broken(footer);
    const fits = all.length + 1 + whole.length <= rows;
    // The count is as wide as it can become, so that it takes no more rows than were kept for it.
    const kept = fits ? whole.length : broken(`${all.length} more lines; ${footer}`).length;
    room = Math.max(1, rows - 1 - kept);
    first = Math.max(0, Math.min(first, all.length - room));
    const shown = all.slice(first, first + room);
    const left = all.length - first - shown.length;
    const last = fits ? whole : broken(`${left > 0 ? `${left} more lines` : 'end'}; ${footer}`);
    // Cleared first: after a row that is full, the cursor still stands on its last letter.
    const screen = [...shown, '', ...last].map((line) => `${CLEAR_LINE}${line}`);
    out.write(`${HOME}${screen.join('\r\n')}${CLEAR_BELOW}`);
  }
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
