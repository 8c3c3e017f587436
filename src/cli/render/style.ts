import type { Severity } from '../../model/finding.ts';
import type { Link } from '../../model/verdict.ts';
import { visibleLines } from '../../model/visible.ts';
import type { Terminal } from '../terminal.ts';

const COLOURS = { red: 31, green: 32, yellow: 33, grey: 90, bold: 1 } as const;
type Colour = keyof typeof COLOURS;

/** The text in a colour, where the terminal shows colours. Colour alone never carries a meaning. */
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

/** Cuts a text to a width, with an ellipsis. */
export function cut(text: string, width: number, terminal: Terminal): string {
  if (text.length <= width) return text;
  const end = terminal.unicode ? '…' : '..';
  return text.slice(0, Math.max(0, width - end.length)) + end;
}

/** Makes control characters visible: names from the machine may contain any. Only ASCII where the terminal is not UTF-8. */
export function plain(terminal: Terminal, text: string): string {
  const clean = visibleLines(text);
  return terminal.unicode ? clean : clean.replace(/[^\n -~]/g, '?');
}
