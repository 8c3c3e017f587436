import { streamHistory } from '../ledger/history.ts';
import { newestFindings } from '../ledger/list-findings.ts';
import type { Ledger } from '../ledger/open-ledger.ts';
import { SEVERITIES } from '../model/finding.ts';
import type { PortageFacts } from '../model/portage.ts';
import { LANES, type Past, type PastEvent } from '../report/report.ts';

/** With these limits a page stays below 5 MB. */
const EVENTS_MAX = 4000;
const SPANS_MAX = 500;
const TEXT_MAX = 500;

/** The history for the report since a moment (ms): the newest events, and how many are left out. */
export function readPast(ledger: Ledger, { packages }: Pick<PortageFacts, 'packages'>, since: number): Past {
  const matters = new Set(packages.map(({ category, name }) => `${category}/${name}`));
  let events: PastEvent[] = [];
  let all = 0;
  for (const { kind, atMs: at, text, cause, subject } of streamHistory(ledger, {
    since,
    kinds: LANES,
    tree: null,
  })) {
    const lane = LANES.find((known) => known === kind);
    // Merges that have nothing to do with kernels are left out.
    const isOther = kind === 'package' && !matters.has(subject.replace(/-\d[^/]*$/, ''));
    if (lane === undefined || isOther) continue;
    all++;
    events.push({ lane, at, text: (cause === null ? text : `${text} (${cause})`).slice(0, TEXT_MAX) });
    if (events.length === 2 * EVENTS_MAX) events = events.slice(EVENTS_MAX);
  }
  events = events.slice(-EVENTS_MAX);
  const spans = newestFindings(ledger, since, SPANS_MAX).flatMap(
    ({ title, severity, openedAtMs: openedAt, resolvedAtMs: resolvedAt }) => {
      const known = SEVERITIES.find((each) => each === severity);
      if (known === undefined) return [];
      return [{ title: title.slice(0, TEXT_MAX), severity: known, from: openedAt, to: resolvedAt }];
    },
  );
  const leftOut = all - events.length;
  const first = Math.min(
    ...events.map(({ at }) => at),
    ...(leftOut > 0 ? [] : spans.map(({ from }) => from)),
  );
  return { from: Math.max(since, Number.isFinite(first) ? first : since), events, spans, leftOut };
}
