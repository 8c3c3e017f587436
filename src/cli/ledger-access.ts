import { existsSync } from 'node:fs';
import { ledgerPath } from '../daemon/paths.ts';
import { failureOf, failureText, type LedgerFailure } from '../ledger/failure.ts';
import { type Ledger, openForReading, openForWriting } from '../ledger/open-ledger.ts';
import type { MachineInvocation } from './command.ts';
import { placesOf } from './places.ts';
import { hint } from './render/hint.ts';
import type { Result } from './result.ts';
import { rootMistake } from './root-directory.ts';

/** Opens the ledger that belongs to the machine the command is about. */
export function ledgerFor(invocation: MachineInvocation, use: 'read' | 'write'): Result<Ledger> {
  const root = invocation.options.root ?? '/';
  const mistake = rootMistake(root);
  if (mistake !== null) return { ok: false, message: `--root ${mistake}` };
  const [{ refused }] = placesOf(invocation);
  if (refused !== null) return { ok: false, message: refused };
  const path = pathOf(invocation);
  const result = use === 'read' ? openForReading(path) : openForWriting(path);
  return result.ok
    ? { ok: true, value: result.ledger }
    : { ok: false, message: messageOf(result.failure, path, invocation) };
}

/** An ordinary user cannot see the system's ledger, but its directory shows that it exists. */
function pathOf(invocation: MachineInvocation): string {
  const [own, ...others] = placesOf(invocation);
  if (existsSync(ledgerPath(own))) return ledgerPath(own);
  return ledgerPath(others.find(({ state }) => existsSync(state)) ?? own);
}

function messageOf(failure: LedgerFailure, path: string, invocation: MachineInvocation): string {
  if (failure !== 'missing') return failureText(failure, path);
  return `there is no history yet: ${path} is missing; this writes it: ${hint('daemon', invocation)}`;
}

/** Runs `use` on the open ledger and closes it afterwards. Without a ledger it prints why. Returns the exit status. */
export function withLedger(
  invocation: MachineInvocation,
  kind: 'read' | 'write',
  use: (ledger: Ledger) => number,
): number {
  const opened = ledgerFor(invocation, kind);
  if (!opened.ok) return invocation.terminal.fail(opened.message);
  try {
    return use(opened.value);
  } catch (error) {
    // SQLite reports damage only when it reads the damaged page.
    const failure = failureOf(error);
    if (failure === null) throw error;
    return invocation.terminal.fail(failureText(failure, pathOf(invocation)));
  } finally {
    opened.value.close();
  }
}

/** The same for an asynchronous `use`, which prints while it reads: the ledger stays open until it ends. */
export async function withOpenLedger(
  invocation: MachineInvocation,
  use: (ledger: Ledger) => Promise<number>,
): Promise<number> {
  const opened = ledgerFor(invocation, 'read');
  if (!opened.ok) return invocation.terminal.fail(opened.message);
  try {
    return await use(opened.value);
  } catch (error) {
    const failure = failureOf(error);
    if (failure === null) throw error;
    return invocation.terminal.fail(failureText(failure, pathOf(invocation)));
  } finally {
    opened.value.close();
  }
}

/** The result of `use` on the ledger. null: there is no ledger, it cannot be read, or this is a saved snapshot. */
export function fromLedger<T>(invocation: MachineInvocation, use: (ledger: Ledger) => T): T | null {
  if ((invocation.options.snapshot ?? null) !== null) return null;
  const opened = ledgerFor(invocation, 'read');
  if (!opened.ok) return null;
  try {
    return use(opened.value);
  } catch (error) {
    if (failureOf(error) === null) throw error;
    return null;
  } finally {
    opened.value.close();
  }
}
