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

/** A command in a text: what is in quotes, or begins with a program at the start, after a colon or in parentheses. */
const COMMAND =
  /"[^"]*"|(?<=^|: |\(|, or )(?:npx aufswatch|node \S+|aufswatch|chroot|df|emerge|rc-service|systemctl|ulimit) [^,;()"]*/g;
/** Joins the words of a command while the text is wrapped. Texts for people hold no control characters. */
const JOINT = '\0';

/** Like wrap(), but a command in the text stays on one line, so that it can be copied. */
export function wrapAroundCommands(text: string, width: number, indent: string): string {
  const joined = text.replace(
    COMMAND,
    (words) => words.trimEnd().replaceAll(' ', JOINT) + blanksAfter(words),
  );
  return wrap(joined, width, indent).replaceAll(JOINT, ' ');
}

function blanksAfter(words: string): string {
  return words.slice(words.trimEnd().length);
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
