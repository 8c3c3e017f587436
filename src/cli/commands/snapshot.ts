import { visibleJsonText } from '../../model/visible.ts';
import { command } from '../command.ts';
import { compactSnapshot } from '../compact-snapshot.ts';
import { inPieces } from '../in-pieces.ts';
import { jsonPieces } from '../json-pieces.ts';
import { scan } from '../machine.ts';

/** `aufswatch snapshot`: the whole Snapshot, with hashes of the images, as JSON. */
export const snapshot = command(
  {
    description:
      'Prints everything that was read of the machine, as JSON, for a bug report. status, check, plan, explain, kernels, boot, docker, foretell, report and metrics judge a saved snapshot with --snapshot, on any machine.',
    args: {},
    options: {},
  },
  async (invocation) => {
    const seen = await scan(invocation, { hashImages: true });
    if (!seen.ok) return invocation.terminal.fail(seen.message);
    const { terminal } = invocation;
    for (const piece of inPieces(jsonPieces(compactSnapshot(seen.value))))
      terminal.out(visibleJsonText(piece));
    terminal.out('\n');
    return 0;
  },
);
