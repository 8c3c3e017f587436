import type { Link } from '../../model/verdict.ts';
import type { Terminal } from '../terminal.ts';
import { cut, fold, markOf, paint, plain } from './style.ts';

const NAME_WIDTH = 7;
const IDENTITY_WIDTH = 24;
/** With fewer columns than this beside the identity, the reason goes below it. */
const REASON_MIN = 24;
/** Then it begins below the mark, so that a path has room. */
const NARROW_INDENT = 6;

/**
 * The five links: mark, name, identity, and age or reason. Fits the terminal's width; a reason that is longer goes
 * on below, for what is cut off is what a reader needs.
 */
export function picture(links: readonly Link[], terminal: Terminal): string {
  const joint = paint(terminal, 'grey', terminal.unicode ? '│' : '|');
  const identityWidth = Math.min(IDENTITY_WIDTH, Math.max(...links.map((link) => link.identity.length)));
  const markWidth = terminal.unicode ? 1 : 2;
  const nameEnd = 2 + markWidth + 1 + NAME_WIDTH + 2;
  const isNarrow = terminal.width - nameEnd - identityWidth - 2 < REASON_MIN;
  const before = isNarrow ? NARROW_INDENT : nameEnd + identityWidth + 2;
  const items = links.map((link, index) => {
    const name = paint(terminal, 'bold', link.name.padEnd(NAME_WIDTH));
    const identity = plain(terminal, cut(link.identity, identityWidth, terminal)).padEnd(identityWidth);
    const reason = fold(plain(terminal, link.reason), terminal.width - before);
    const [first = '', ...more] = isNarrow ? ['', ...reason] : reason;
    const isLast = index === links.length - 1;
    const margin = `  ${isLast ? ' ' : joint}${' '.repeat(before - 3)}`;
    const head = `  ${markOf(terminal, link.mark)} ${name}  ${identity}  ${first}`.trimEnd();
    return [head, ...more.map((line) => margin + line)].join('\n');
  });
  return `${items.join(`\n  ${joint}\n`)}\n`;
}
