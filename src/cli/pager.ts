import type { Invocation } from './command.ts';
import { printed } from './printed.ts';

/**
 * Prints a text of any length, through a pager where it is longer than the terminal. PAGER is a program with options,
 * not a shell line. Each call of `pieces` yields the text from its beginning.
 */
export async function page(pieces: () => Iterable<string>, { terminal, env }: Invocation): Promise<number> {
  const [program = 'less', ...options] = (env.PAGER || 'less -FRX')
    .split(/\s+/)
    .filter((word) => word !== '');
  // process.stdout is loaded only for a terminal.
  const isPaged = terminal.interactive && env.PAGER !== 'cat' && isLonger(pieces(), process.stdout.rows ?? 0);
  if (isPaged) {
    // Loaded only on a terminal.
    const { execa } = await import('execa');
    const { exitCode, signal } = await execa(program, options, {
      input: process.getBuiltinModule('node:stream').Readable.from(printedPieces(pieces())),
      stdout: 'inherit',
      stderr: 'inherit',
      reject: false,
      env,
      extendEnv: false,
    });
    if (exitCode !== undefined || signal !== undefined) return 0;
  }
  for (const piece of pieces()) terminal.out(piece);
  return 0;
}

function* printedPieces(pieces: Iterable<string>): Generator<string> {
  for (const piece of pieces) yield printed(piece);
}

function isLonger(pieces: Iterable<string>, rows: number): boolean {
  let lines = 1;
  for (const piece of pieces) {
    lines += piece.split('\n').length - 1;
    if (lines >= rows) return true;
  }
  return lines >= rows;
}
