import type { Snapshot } from '../model/snapshot.ts';
import type { Invocation } from './command.ts';
import { type JsonCommand, jsonOutput } from './json-output.ts';
import { scan } from './machine.ts';

/** What a command prints of a scan. */
export interface Shown {
  /** For `--json`. */
  readonly json: object;
  text(): string;
  readonly exit: number;
}

type ScanInvocation = Invocation<{ readonly json: boolean; readonly snapshot: string | null }>;

/** Scans the machine and prints, as JSON or as text, what `show` makes of it; a message instead of that is an error. */
export async function showScan(
  command: JsonCommand,
  invocation: ScanInvocation,
  show: (snapshot: Snapshot) => Promise<Shown | string> | Shown | string,
): Promise<number> {
  const { terminal, options } = invocation;
  const seen = await scan(invocation);
  if (!seen.ok) return terminal.fail(seen.message);
  const shown = await show(seen.value);
  if (typeof shown === 'string') return terminal.fail(shown);
  terminal.out(options.json ? jsonOutput(command, shown.json) : shown.text());
  return shown.exit;
}
