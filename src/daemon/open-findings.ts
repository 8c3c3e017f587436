import type { RecordedFindings } from '../ledger/record-findings.ts';
import type { Finding } from '../model/finding.ts';
import type { Transition } from '../model/transition.ts';
import type { PublishedFinding } from '../published/form.ts';

/** The open findings in the memory of this process: used while there is no ledger. */
export interface OpenFindings {
  /** Returns the transitions that the ledger recorded; after a time without a ledger, those since the last call. */
  recorded(findings: RecordedFindings, at: number): readonly Transition[];
  /** The same without a ledger. */
  unrecorded(findings: readonly Finding[], settleOf: (code: string) => number, at: number): RecordedFindings;
}

export function createOpenFindings(): OpenFindings {
  let open = new Map<string, PublishedFinding>();
  /** Was the last scan without a ledger? */
  let alone = false;
  return {
    recorded: ({ published, transitions }, at) => {
      const own = replace(published, at);
      const told = alone ? own : transitions;
      alone = false;
      return told;
    },
    unrecorded: (findings, settleOf, at) => {
      const published = findings.map((finding): PublishedFinding => {
        const last = open.get(keyOf(finding));
        const until = last === undefined || isChanged(last, finding) ? null : last.acknowledgedUntilMs;
        return {
          ...finding,
          sinceMs: last?.sinceMs ?? at,
          settleMs: settleOf(finding.code),
          acknowledgedUntilMs: until !== null && until > at ? until : null,
        };
      });
      alone = true;
      return { published, transitions: replace(published, at) };
    },
  };

  function replace(published: readonly PublishedFinding[], at: number): Transition[] {
    const before = open;
    open = new Map(published.map((finding) => [keyOf(finding), finding]));
    const came = published.flatMap((finding): Transition[] => {
      const last = before.get(keyOf(finding));
      if (last !== undefined && !isChanged(last, finding)) return [];
      return [{ kind: last === undefined ? 'opened' : 'changed', finding, at, since: finding.sinceMs }];
    });
    const went = [...before].flatMap(([key, finding]): Transition[] =>
      open.has(key) ? [] : [{ kind: 'resolved', finding, at, since: finding.sinceMs }],
    );
    return [...came, ...went];
  }
}

type Told = Pick<Finding, 'severity' | 'title'>;

function keyOf({ code, subject }: { readonly code: string; readonly subject: string }): string {
  return `${code} ${subject}`;
}

function isChanged(last: Told, now: Told): boolean {
  return last.severity !== now.severity || last.title !== now.title;
}
