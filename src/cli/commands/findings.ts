import { acknowledgedUntil } from '../../ledger/acknowledge.ts';
import { listFindings } from '../../ledger/list-findings.ts';
import { dayTime } from '../../verdict/words.ts';
import { command } from '../command.ts';
import { flag, JSON_OUTPUT } from '../definition.ts';
import { jsonOutput } from '../json-output.ts';
import { withLedger } from '../ledger-access.ts';
import { spanText, wordsFor } from '../render/acknowledged.ts';
import { plain } from '../render/style.ts';

/** `aufswatch findings`: the open findings, or with --all the resolved ones too. */
export const findings = command(
  {
    description: 'Lists the open findings from the ledger, and since when each is open.',
    args: {},
    options: {
      all: flag('resolved findings as well'),
      json: JSON_OUTPUT,
    },
  },
  (invocation) => {
    const { terminal } = invocation;
    return withLedger(invocation, 'read', (ledger) => {
      const records = listFindings(ledger, invocation.options.all).map((record) => ({
        ...record,
        acknowledgedUntilMs:
          record.resolvedAtMs === null ? acknowledgedUntil(ledger, record, invocation.now()) : null,
      }));
      if (invocation.options.json) {
        terminal.out(jsonOutput('findings', { findings: records }));
        return 0;
      }
      const lines = records.map((record) => {
        const until = record.resolvedAtMs === null ? 'open' : `until ${dayTime(record.resolvedAtMs)}`;
        const about = wordsFor(record);
        const silent =
          record.acknowledgedUntilMs === null ? '' : `, silenced ${spanText(record.acknowledgedUntilMs)}`;
        return `${dayTime(record.openedAtMs)}  ${until}  ${record.severity}: ${record.title} (${about}${silent})\n`;
      });
      terminal.out(plain(terminal, lines.length === 0 ? 'None.\n' : lines.join('')));
      return 0;
    });
  },
);
