import { acknowledgedUntil } from '../../ledger/acknowledge.ts';
import { listFindings } from '../../ledger/list-findings.ts';
import { visibleJson } from '../../model/visible.ts';
import { dayTime } from '../../verdict/words.ts';
import { command } from '../command.ts';
import { flag, JSON_OUTPUT } from '../definition.ts';
import { withLedger } from '../ledger-access.ts';
import { spanText, wordsFor } from '../render/acknowledged.ts';
import { plain } from '../render/style.ts';

/** `aufswatch findings`: those that are open, or all that there ever were. */
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
        acknowledgedUntil:
          record.resolvedAt === null ? acknowledgedUntil(ledger, record, invocation.now()) : null,
      }));
      if (invocation.options.json) {
        terminal.out(`${visibleJson(records, 2)}\n`);
        return 0;
      }
      const lines = records.map((record) => {
        const until = record.resolvedAt === null ? 'open' : `until ${dayTime(record.resolvedAt)}`;
        const about = wordsFor(record);
        const silent =
          record.acknowledgedUntil === null ? '' : `, silenced ${spanText(record.acknowledgedUntil)}`;
        return `${dayTime(record.openedAt)}  ${until}  ${record.severity}: ${record.title} (${about}${silent})\n`;
      });
      terminal.out(plain(terminal, lines.length === 0 ? 'None.\n' : lines.join('')));
      return 0;
    });
  },
);
