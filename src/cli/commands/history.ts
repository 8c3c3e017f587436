import { HISTORY_KINDS, type HistoryEntry, readHistory } from '../../ledger/history.ts';
import { visibleJson } from '../../model/visible.ts';
import { dayTime } from '../../verdict/words.ts';
import type { Invocation } from '../command.ts';
import { withLedger } from '../ledger-access.ts';
import { notSince, parseMoment } from '../moment.ts';
import { page } from '../pager.ts';
import { plain } from '../render/style.ts';

/** `aufswatch history`: what happened, newest last. */
export function history(invocation: Invocation): number | Promise<number> {
  const { terminal } = invocation;
  const sinceText = invocation.option('since');
  const since = sinceText === null ? null : parseMoment(sinceText, invocation.now());
  if (sinceText !== null && since === null) {
    return terminal.fail(notSince(sinceText));
  }
  const wanted = invocation.option('kind')?.split(',') ?? [...HISTORY_KINDS];
  const kinds = HISTORY_KINDS.filter((kind) => wanted.includes(kind));
  if (kinds.length < wanted.length) return terminal.fail(`--kind: one or more of ${HISTORY_KINDS.join(',')}`);
  let entries: HistoryEntry[] = [];
  const status = withLedger(invocation, 'read', (ledger) => {
    entries = readHistory(ledger, { since, kinds, tree: invocation.option('tree') });
    return 0;
  });
  if (status !== 0) return status;
  if (invocation.flag('json')) {
    terminal.out(`${visibleJson(entries, 2)}\n`);
    return 0;
  }
  const text = entries.length === 0 ? 'Nothing happened.\n' : `${entries.map(line).join('\n')}\n`;
  return page(plain(terminal, text), invocation);
}

function line({ at, text, cause }: HistoryEntry): string {
  return `${dayTime(at)}  ${text}${cause === null ? '' : ` (${cause})`}`;
}
