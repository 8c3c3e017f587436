import type { Link } from '../../model/verdict.ts';
import type { Terminal } from '../terminal.ts';
import { cut, markOf, paint, plain } from './style.ts';

const NAME_WIDTH = 7;
const IDENTITY_WIDTH = 24;

/** The five links, one line each: mark, name, identity, and age or reason. Fits the terminal's width. */
export function picture(links: readonly Link[], terminal: Terminal): string {
  const joint = terminal.unicode ? '│' : '|';
  const identityWidth = Math.min(IDENTITY_WIDTH, Math.max(...links.map((link) => link.identity.length)));
  const markWidth = terminal.unicode ? 1 : 2;
  const rest = terminal.width - 2 - markWidth - 1 - NAME_WIDTH - 2 - identityWidth - 2;
  const lines = links.map((link) => {
    const name = paint(terminal, 'bold', link.name.padEnd(NAME_WIDTH));
    const identity = plain(terminal, cut(link.identity, identityWidth, terminal)).padEnd(identityWidth);
    const reason = plain(terminal, cut(link.reason, rest, terminal));
    return `  ${markOf(terminal, link.mark)} ${name}  ${identity}  ${reason}`.trimEnd();
  });
  return `${lines.join(`\n  ${paint(terminal, 'grey', joint)}\n`)}\n`;
}
