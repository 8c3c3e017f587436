import { visible, visibleLines } from '../model/visible.ts';
import { wrapAroundCommands } from './render/wrap.ts';

/** The colours of paint(), in render/style.ts, and nothing else that a terminal would do. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what a colour is
const COLOUR = /\u001b\[(?:0|1|31|32|33|90)m/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the same, kept by split()
const KEPT = /(\u001b\[(?:0|1|31|32|33|90)m)/;

/**
 * The one door for all that is printed: what is no colour of this program's own, and acts on a terminal, becomes visible.
 * Whoever lays text out has done so before (plain()), for it changes widths; this is for what was forgotten.
 */
export function printed(text: string): string {
  if (!COLOUR.test(text)) return visibleLines(text);
  return text
    .split(KEPT)
    .map((part) => (COLOUR.test(part) ? part : visibleLines(part)))
    .join('');
}

/** An error for standard error. On a terminal it is wrapped to its columns; without them (a pipe) it is one line. */
export function errorText(message: string, columns: number | null = null): string {
  const text = visible(message);
  if (columns === null) return `aufswatch: ${text}\n`;
  return `${wrapAroundCommands(`aufswatch: ${text}`, columns, INDENT).trimStart()}\n`;
}

const INDENT = '  ';
