import { visible, visibleLines } from '../model/visible.ts';
import { wrapAroundCommands } from './render/wrap.ts';

/** The colours of paint() in render/style.ts, and no other escape sequence. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what a colour is
const COLOUR = /\u001b\[(?:0|1|31|32|33|90)m/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the same, in parentheses so that split() keeps it
const KEPT = /(\u001b\[(?:0|1|31|32|33|90)m)/;

/**
 * All output passes through here: control characters other than this program's own colours become visible. Code that lays
 * text out calls plain() before, since this changes widths; here the rest is caught.
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
