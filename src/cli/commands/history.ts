import { HISTORY_KINDS, type HistoryEntry, streamHistory } from '../../ledger/history.ts';
import { visibleJson } from '../../model/visible.ts';
import { dayTime } from '../../verdict/words.ts';
import { command } from '../command.ts';
import { JSON_OUTPUT, value } from '../definition.ts';
import { inPieces } from '../in-pieces.ts';
import { JSON_SCHEMAS } from '../json-output.ts';
import { withOpenLedger } from '../ledger-access.ts';
import { notSince, parseMoment } from '../moment.ts';
import { page } from '../pager.ts';
import { plain } from '../render/style.ts';

/** `aufswatch history`: the recorded events, newest last. */
export const history = command(
  {
    description:
      'Shows the timeline from the ledger, newest last: merges, patches, builds, images, boots, modules, findings and notices.',
    args: {},
    options: {
      since: value('when', 'only since then: 30d, 12h, today, 2026-11-23'),
      kind: value('kinds', `only these: ${HISTORY_KINDS.join(',')}`, { offer: HISTORY_KINDS }),
      tree: value('path', 'only events of this kernel tree', { offer: 'trees' }),
      json: JSON_OUTPUT,
    },
  },
  (invocation) => {
    const { terminal } = invocation;
    const sinceText = invocation.options.since;
    const since = sinceText === null ? null : parseMoment(sinceText, invocation.now());
    if (sinceText !== null && since === null) {
      return terminal.fail(notSince(sinceText));
    }
    const wanted = invocation.options.kind?.split(',') ?? [...HISTORY_KINDS];
    const kinds = HISTORY_KINDS.filter((kind) => wanted.includes(kind));
    if (kinds.length < wanted.length)
      return terminal.fail(`--kind: one or more of ${HISTORY_KINDS.join(',')}`);
    // Each line is garbage when the next one is made. Without this, V8 would let them fill 30 MB before it collects.
    invocation.setFlag('--semi-space-growth-factor=1');
    return withOpenLedger(invocation, async (ledger) => {
      const entries = () => streamHistory(ledger, { since, kinds, tree: invocation.options.tree });
      if (invocation.options.json) {
        for (const piece of inPieces(jsonOf(entries()))) terminal.out(piece);
        return 0;
      }
      return page(() => shown(inPieces(linesOf(entries())), (piece) => plain(terminal, piece)), invocation);
    });
  },
);

function* shown(pieces: Iterable<string>, show: (piece: string) => string): Generator<string> {
  for (const piece of pieces) yield show(piece);
}

function* linesOf(entries: Iterable<HistoryEntry>): Generator<string> {
  let isEmpty = true;
  for (const { atMs: at, text, cause } of entries) {
    isEmpty = false;
    yield `${dayTime(at)}  ${text}${cause === null ? '' : ` (${cause})`}\n`;
  }
  if (isEmpty) yield 'Nothing happened.\n';
}

/** The same as jsonOutput(), one entry after the other: there may be millions. */
function* jsonOf(entries: Iterable<HistoryEntry>): Generator<string> {
  yield `{\n  "schema": ${JSON_SCHEMAS.history},\n  "entries": [`;
  let before = '\n';
  for (const entry of entries) {
    yield `${before}    ${visibleJson(entry, 2).replaceAll('\n', '\n    ')}`;
    before = ',\n';
  }
  yield before === '\n' ? ']\n}\n' : '\n  ]\n}\n';
}
