import { ledgerPath, pathsFor } from '../daemon/paths.ts';
import { failureText } from '../ledger/failure.ts';
import { type Ledger, openForReading, openForWriting } from '../ledger/open-ledger.ts';
import type { Invocation } from './command.ts';
import type { Result } from './machine.ts';

/** Opens the ledger that belongs to the machine the command is about. */
export function ledgerFor(invocation: Invocation, use: 'read' | 'write'): Result<Ledger> {
  const root = invocation.option('root') ?? '/';
  const path = ledgerPath(pathsFor(invocation.env, process.getuid?.() ?? 0, root));
  const result = use === 'read' ? openForReading(path) : openForWriting(path);
  return result.ok
    ? { ok: true, value: result.ledger }
    : { ok: false, message: failureText(result.failure, path) };
}

/** Runs `use` on the open ledger and closes it whatever happens; without a ledger, says why. */
export function withLedger(
  invocation: Invocation,
  kind: 'read' | 'write',
  use: (ledger: Ledger) => number,
): number {
  const opened = ledgerFor(invocation, kind);
  if (!opened.ok) return invocation.terminal.fail(opened.message);
  try {
    return use(opened.value);
  } finally {
    opened.value.close();
  }
}
