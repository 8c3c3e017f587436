import type { Writable } from 'node:stream';
import { wrap } from './wrap.ts';

/** A full-screen view on the terminal's alternate screen. It is redrawn in place, without flicker. */
export interface LiveScreen {
  /** Shows a text at the current scroll position. The last line is the footer, with the number of lines below. */
  draw(text: string, footer: string): void;
  /** Scrolls the text. */
  scroll(move: Scroll): void;
  /** Restores the terminal. */
  close(): void;
}

/** By rows, by screens, or to an end. Down is positive. */
export type Scroll = { readonly rows: number } | { readonly pages: number } | 'top' | 'bottom';

const ESC = '\u001b[';
/** xterm's alternate screen, and the cursor hidden (ECMA-48 private modes that all current terminals support). */
const OPEN = `${ESC}?1049h${ESC}?25l`;
const CLOSE = `${ESC}?25h${ESC}?1049l`;
const HOME = `${ESC}H`;
const CLEAR_LINE = `${ESC}K`;
const CLEAR_BELOW = `${ESC}J`;

/** The size of the terminal. */
export interface Size {
  readonly rows: number;
  readonly columns: number;
}

export function openLiveScreen(out: Writable, size: () => Size): LiveScreen {
  let text = '';
  let footer = '';
  /** The first row that is shown, and the number of rows that fit. */
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
    // redraw() limits it to the last page.
    if (move === 'bottom') return Number.MAX_SAFE_INTEGER;
    // One row of the previous page stays, to read on from.
    return first + ('rows' in move ? move.rows : move.pages * Math.max(1, room - 1));
  }

  function redraw(): void {
    const { rows, columns } = size();
    const all = rowsOf(text.replace(/\n$/, ''), columns);
    const footerRows = (line: string): Row[] => rowsOf(wrap(line, columns, ''), columns);
    const whole = footerRows(footer);
    const fits = all.length + 1 + whole.length <= rows;
    // Computed with the largest count: the real one takes no more rows than these.
    const kept = fits ? whole.length : footerRows(`${all.length} more lines; ${footer}`).length;
    room = Math.max(1, rows - 1 - kept);
    first = Math.max(0, Math.min(first, all.length - room));
    const shown = all.slice(first, first + room);
    const left = all.length - first - shown.length;
    const last = fits ? whole : footerRows(`${left > 0 ? `${left} more lines` : 'end'}; ${footer}`);
    out.write(`${HOME}${screenText([...shown, EMPTY, ...last])}`);
  }
}

/** A row of the screen. */
interface Row {
  readonly text: string;
  /** Does it go on with the line of the row above, which is full? */
  readonly continues: boolean;
}

const EMPTY: Row = { text: '', continues: false };

/**
 * The rows as they are written. Each row is cleared before it is written: after a full row the cursor is still on its last
 * letter. A row that continues the one above follows without a line break: the terminal breaks there by itself, and so a
 * long path that is copied from the screen has no line break in it.
 */
function screenText(rows: readonly Row[]): string {
  return rows
    .map(({ text, continues }, index) => {
      const clear = index === rows.length - 1 ? CLEAR_BELOW : CLEAR_LINE;
      if (!continues || index === 0) return `${index === 0 ? '' : '\r\n'}${clear}${text}`;
      // The first letter brings the cursor into this row.
      const [letter = ''] = text.match(LETTER) ?? [];
      return `${letter}${clear}${text.slice(letter.length)}`;
    })
    .join('');
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: a colour, which takes no column, or a letter
const PIECE = /\u001b\[\d+m|./gu;
// biome-ignore lint/suspicious/noControlCharactersInRegex: colours, and the letter after them
const LETTER = /^(?:\u001b\[\d+m)*./u;

/** The rows that a text takes. */
function rowsOf(text: string, columns: number): Row[] {
  return text.split('\n').flatMap((line) => {
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
    return rows.map((row, index) => ({ text: row, continues: index > 0 }));
  });
}
