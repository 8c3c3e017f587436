import { acknowledgedUntil } from '../../ledger/acknowledge.ts';
import { countKernels } from '../../ledger/count-kernels.ts';
import type { Ledger } from '../../ledger/open-ledger.ts';
import { type Measured, metricsText } from '../../metrics/metrics-text.ts';
import type { Finding } from '../../model/finding.ts';
import { VERSION } from '../../version.ts';
import { command } from '../command.ts';
import { SNAPSHOT } from '../definition.ts';
import { fromLedger } from '../ledger-access.ts';
import { scanAndJudge } from '../machine.ts';

/** `aufswatch metrics`: the metrics of this machine now. */
export const metrics = command(
  {
    description:
      'Prints the state of the machine in the text format of Prometheus, for the textfile collector of node_exporter. With [metrics] in the configuration the daemon writes such a file itself.',
    args: {},
    options: {
      snapshot: SNAPSHOT,
    },
  },
  async (invocation) => {
    const { terminal } = invocation;
    const judged = await scanAndJudge(invocation);
    if (!judged.ok) return terminal.fail(judged.message);
    const { verdict, snapshot, since } = judged.value;
    const { kernels, acknowledged } =
      fromLedger(invocation, (ledger) => onRecord(ledger, verdict.findings, invocation.now())) ?? NOTHING;
    const findings = verdict.findings.map((finding) => ({
      ...finding,
      // Without a ledger it is at least as old as this scan.
      sinceMs: since(finding) ?? snapshot.takenAt,
      acknowledged: acknowledged.has(finding),
    }));
    const { takenAt } = snapshot;
    terminal.out(
      metricsText({
        program: VERSION,
        takenAtMs: takenAt,
        unreadSinceMs: null,
        links: verdict.links,
        findings,
        kernels,
      }),
    );
    return 0;
  },
);

interface OnRecord {
  readonly kernels: Measured['kernels'];
  readonly acknowledged: ReadonlySet<Finding>;
}

const NOTHING: OnRecord = { kernels: null, acknowledged: new Set() };

function onRecord(ledger: Ledger, findings: readonly Finding[], now: number): OnRecord {
  const silenced = findings.filter((finding) => acknowledgedUntil(ledger, finding, now) !== null);
  return { kernels: countKernels(ledger), acknowledged: new Set(silenced) };
}
