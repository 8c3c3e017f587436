import type { Link } from '../../model/verdict.ts';
import type { Terminal } from '../terminal.ts';
import { cut, markOf, paint, plain } from './style.ts';
import { wrap } from './wrap.ts';

const NAME_WIDTH = 7;
const IDENTITY_WIDTH = 24;
/** With fewer columns than this beside the identity, all reasons go below it. */
const REASON_MIN = 24;
/** A reason that is below begins below the mark, so that a path has room. */
const NARROW_INDENT = 6;

/**
 * The five links: mark, name, identity, and age or reason. A reason that does not fit beside the identity goes below
 * it. It is wrapped at blanks; a path that is longer than a line stays whole, so that it can be copied.
 */
export function picture(links: readonly Link[], terminal: Terminal): string {
  const joint = paint(terminal, 'grey', terminal.unicode ? '│' : '|');
  const identityWidth = Math.min(IDENTITY_WIDTH, Math.max(...links.map((link) => link.identity.length)));
  const markWidth = terminal.unicode ? 1 : 2;
  const nameEnd = 2 + markWidth + 1 + NAME_WIDTH + 2;
  const beside = nameEnd + identityWidth + 2;
  const isNarrow = terminal.width - beside < REASON_MIN;
  const items = links.map((link, index) => {
    const name = paint(terminal, 'bold', link.name.padEnd(NAME_WIDTH));
    const identity = plain(terminal, cut(link.identity, identityWidth, terminal)).padEnd(identityWidth);
    const text = plain(terminal, link.reason);
    const isBelow = isNarrow || longestWord(text) > terminal.width - beside;
    const indent = isBelow ? NARROW_INDENT : beside;
    const reason = wrap(text, terminal.width - indent, '').split('\n');
    const [first = '', ...more] = isBelow ? ['', ...reason] : reason;
    const isLast = index === links.length - 1;
    const margin = `  ${isLast ? ' ' : joint}${' '.repeat(indent - 3)}`;
    const head = `  ${markOf(terminal, link.mark)} ${name}  ${identity}  ${first}`.trimEnd();
    return [head, ...more.map((line) => margin + line)].join('\n');
  });
  return `${items.join(`\n  ${joint}\n`)}\n`;
}

function longestWord(text: string): number {
  return Math.max(...text.split(' ').map(({ length }) => length));
}
