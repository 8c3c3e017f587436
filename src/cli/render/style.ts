import type { Severity } from '../../model/finding.ts';
import type { Link } from '../../model/verdict.ts';
import { visibleLines } from '../../model/visible.ts';
import type { Terminal } from '../terminal.ts';

const COLOURS = { red: 31, green: 32, yellow: 33, grey: 90, bold: 1 } as const;
type Colour = keyof typeof COLOURS;

/** The text in a colour, where the terminal shows colours. No meaning may rest on it alone. */
export function paint(terminal: Terminal, colour: Colour, text: string): string {
  return terminal.colour ? `\u001b[${COLOURS[colour]}m${text}\u001b[0m` : text;
}

const MARKS: Readonly<Record<Link['mark'], { unicode: string; ascii: string; colour: Colour }>> = {
  ok: { unicode: '✓', ascii: 'ok', colour: 'green' },
  behind: { unicode: '!', ascii: '! ', colour: 'yellow' },
  broken: { unicode: '✗', ascii: 'X ', colour: 'red' },
  unknown: { unicode: '?', ascii: '? ', colour: 'grey' },
  none: { unicode: '·', ascii: '- ', colour: 'grey' },
};

export function markOf(terminal: Terminal, mark: Link['mark']): string {
  const { unicode, ascii, colour } = MARKS[mark];
  return paint(terminal, colour, terminal.unicode ? unicode : ascii);
}

export function severityColour(severity: Severity): Colour {
  return severity === 'critical' ? 'red' : severity === 'warning' ? 'yellow' : 'grey';
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: what paint() puts around a text
const PAINT = /\u001b\[\d+m/g;

/** Columns that a text takes: colours take none. */
function columns(text: string): number {
  return text.replace(PAINT, '').length;
}

/** Breaks at blanks so that no line is wider, each line after `indent`. A word that is too long stays whole. */
export function wrap(text: string, width: number, indent: string): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && indent.length + columns(line) + 1 + columns(word) > width) {
      lines.push(indent + line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  lines.push(indent + line);
  return lines.join('\n');
}

/** Lines of at most this width. A word that is longer is broken, a path behind a slash if it can be. */
export function fold(text: string, width: number): string[] {
  return wrap(text, width, '')
    .split('\n')
    .flatMap((line) => broken(line, Math.max(1, width)));
}

function broken(line: string, width: number): string[] {
  const letters = [...line];
  if (letters.length <= width) return [line];
  const slash = letters.slice(1, width).lastIndexOf('/') + 1;
  const end = slash > 0 ? slash + 1 : width;
  return [letters.slice(0, end).join(''), ...broken(letters.slice(end).join(''), width)];
}

/** Cuts to a width, marking the cut. */
export function cut(text: string, width: number, terminal: Terminal): string {
  if (text.length <= width) return text;
  const end = terminal.unicode ? '…' : '..';
  return text.slice(0, Math.max(0, width - end.length)) + end;
}

/** Names from the machine may hold anything: what acts on a terminal is shown, and only ASCII where it is not UTF-8. */
export function plain(terminal: Terminal, text: string): string {
  const clean = visibleLines(text);
  return terminal.unicode ? clean : clean.replace(/[^\n -~]/g, '?');
}
