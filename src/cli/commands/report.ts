import { hostname } from 'node:os';
import { writeNamed } from '../../files/write-named.ts';
import { readHistory } from '../../ledger/history.ts';
import { listFindings } from '../../ledger/list-findings.ts';
import type { Ledger } from '../../ledger/open-ledger.ts';
import { SEVERITIES } from '../../model/finding.ts';
import { NO_MEMORY } from '../../model/memory.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { reportPage } from '../../report/page.ts';
import { LANES, type Past } from '../../report/report.ts';
import { openRoot } from '../../system/root.ts';
import { errorCode } from '../../system/system-error.ts';
import { matrixOf } from '../../verdict/matrix.ts';
import { assess } from '../../verdict/situation.ts';
import { dayTime } from '../../verdict/words.ts';
import { VERSION } from '../../version.ts';
import type { Invocation } from '../command.ts';
import { fromLedger } from '../ledger-access.ts';
import { lookAndJudge } from '../machine.ts';
import { notSince, parseMoment } from '../moment.ts';
import { headline } from '../render/headline.ts';

const SINCE = '90d';

const WHY: Readonly<Record<string, string>> = {
  EACCES: ': name a file in a directory of yours',
  EISDIR: ': it is a directory; name a file in it',
  ENOENT: ': there is no such directory',
  ENOTDIR: ': a part of the path is not a directory',
};

/** `aufswatch report`: everything on one page, for a browser or the printer. */
export async function report(invocation: Invocation): Promise<number> {
  const { terminal } = invocation;
  const sinceText = invocation.option('since') ?? SINCE;
  const since = parseMoment(sinceText, invocation.now());
  if (since === null) return terminal.fail(notSince(sinceText));
  const judged = await lookAndJudge(invocation);
  if (!judged.ok) return terminal.fail(judged.message);
  const { snapshot, verdict } = judged.value;
  const page = reportPage({
    host: hostOf(invocation),
    program: VERSION,
    takenAt: snapshot.takenAt,
    headline: headline(verdict),
    links: verdict.links,
    findings: verdict.findings.map((finding) => ({ ...finding, since: judged.value.since(finding) })),
    plan: verdict.plan,
    matrix: matrixOf(assess(snapshot, NO_MEMORY)),
    past: fromLedger(invocation, (ledger) => readPast(ledger, snapshot, since)),
    time: dayTime,
  });
  const out = invocation.option('out');
  if (out === null) {
    terminal.out(page);
    return 0;
  }
  try {
    writeNamed(out, page, 0o644);
    return 0;
  } catch (error) {
    const code = errorCode(error);
    if (code === null) throw error;
    return terminal.fail(`${out} cannot be written (${code})${WHY[code] ?? ''}`);
  }
}

function hostOf({ option }: Invocation): string {
  const saved = option('snapshot');
  if (saved !== null) return saved;
  const directory = option('root') ?? '/';
  if (directory === '/') return hostname();
  const name = openRoot(directory).readText('/etc/hostname');
  return name.known ? name.value.trim() : directory;
}

function readPast(ledger: Ledger, { portage }: Snapshot, since: number): Past {
  const matters = new Set(portage.packages.map(({ category, name }) => `${category}/${name}`));
  const events = readHistory(ledger, { since, kinds: LANES, tree: null }).flatMap(
    ({ kind, at, text, cause, subject }) => {
      const lane = LANES.find((known) => known === kind);
      // A merge that has nothing to do with kernels would only be in the way.
      const isOther = kind === 'package' && !matters.has(subject.replace(/-\d[^/]*$/, ''));
      if (lane === undefined || isOther) return [];
      return [{ lane, at, text: cause === null ? text : `${text} (${cause})` }];
    },
  );
  const spans = listFindings(ledger, true).flatMap(({ title, severity, openedAt, resolvedAt }) => {
    const known = SEVERITIES.find((each) => each === severity);
    const over = resolvedAt !== null && resolvedAt < since;
    return known === undefined || over ? [] : [{ title, severity: known, from: openedAt, to: resolvedAt }];
  });
  const first = Math.min(...events.map(({ at }) => at), ...spans.map(({ from }) => from));
  return { from: Math.max(since, Number.isFinite(first) ? first : since), events, spans };
}
