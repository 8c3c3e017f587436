import { visibleJson } from '../../model/visible.ts';
import type { Invocation } from '../command.ts';
import { compactSnapshot } from '../compact-snapshot.ts';
import { look } from '../machine.ts';

/** `aufswatch snapshot`: everything read, images hashed, as JSON. */
export async function snapshot(invocation: Invocation): Promise<number> {
  const seen = await look(invocation, { hashImages: true });
  if (!seen.ok) return invocation.terminal.fail(seen.message);
  invocation.terminal.out(`${visibleJson(compactSnapshot(seen.value))}\n`);
  return 0;
}
