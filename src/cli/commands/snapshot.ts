import { visibleJsonText } from '../../model/visible.ts';
import { command } from '../command.ts';
import { compactSnapshot } from '../compact-snapshot.ts';
import { inPieces } from '../in-pieces.ts';
import { jsonPieces } from '../json-pieces.ts';
import { look } from '../machine.ts';

/** `aufswatch snapshot`: everything read, images hashed, as JSON. */
export const snapshot = command(
  {
    description:
      'The form for bug reports: status, check, plan, kernels, docker, report and metrics judge a saved one with --snapshot, on any machine.',
    args: {},
    options: {},
  },
  async (invocation) => {
    const seen = await look(invocation, { hashImages: true });
    if (!seen.ok) return invocation.terminal.fail(seen.message);
    const { terminal } = invocation;
    for (const piece of inPieces(jsonPieces(compactSnapshot(seen.value))))
      terminal.out(visibleJsonText(piece));
    terminal.out('\n');
    return 0;
  },
);
