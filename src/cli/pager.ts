import type { Invocation } from './command.ts';
import { printed } from './door.ts';

/** Writes a long text, through a pager where that is a terminal. PAGER is a program with its options, no shell line. */
export async function page(text: string, { terminal, env }: Invocation): Promise<number> {
  const [program = 'less', ...options] = (env.PAGER || 'less -FRX')
    .split(/\s+/)
    .filter((word) => word !== '');
  // Of what is no terminal nobody asks how many rows it has.
  const isLong = () => text.split('\n').length >= (process.stdout.rows ?? 0);
  if (!terminal.interactive || !isLong() || env.PAGER === 'cat') {
    terminal.out(text);
    return 0;
  }
  // Loaded for whoever sits at a terminal, and for nobody else.
  const { execa } = await import('execa');
  const { exitCode, signal } = await execa(program, options, {
    input: printed(text),
    stdout: 'inherit',
    stderr: 'inherit',
    reject: false,
    env,
    extendEnv: false,
  });
  const wasStarted = exitCode !== undefined || signal !== undefined;
  if (!wasStarted) terminal.out(text);
  return 0;
}
