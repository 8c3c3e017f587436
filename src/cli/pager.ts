import { spawn } from 'node:child_process';
import type { Invocation } from './command.ts';

/** Writes a long text, through a pager where that is a terminal. PAGER is a program with its options, no shell line. */
export async function page(text: string, { terminal, env }: Invocation): Promise<number> {
  const lines = text.split('\n').length;
  const rows = process.stdout.rows ?? 0;
  const [program = 'less', ...options] = (env.PAGER || 'less -FRX')
    .split(/\s+/)
    .filter((word) => word !== '');
  if (!terminal.interactive || lines < rows || env.PAGER === 'cat') {
    terminal.out(text);
    return 0;
  }
  const child = spawn(program, options, { stdio: ['pipe', 'inherit', 'inherit'], env });
  const done = new Promise<boolean>((resolve) => {
    child.on('error', () => resolve(false));
    child.on('close', () => resolve(true));
  });
  // The reader may leave before the end.
  child.stdin.on('error', () => {});
  child.stdin.end(text);
  if (!(await done)) terminal.out(text);
  return 0;
}
