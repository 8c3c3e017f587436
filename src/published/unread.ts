import { LINK_NAMES, type Verdict } from '../model/verdict.ts';
import type { Unread } from './form.ts';

/** What can be said of a machine that was never read: nothing. */
export function unreadVerdict(unread: Unread): Verdict {
  const reason = unreadText(unread);
  return {
    wanted: { answer: 'no', because: [], hints: [] },
    nextBoot: { kind: 'unknown', why: reason, refuted: null },
    links: LINK_NAMES.map((name) => ({ name, mark: 'unknown', identity: '', at: null, reason })),
    findings: [],
    plan: [],
  };
}

/** For a person, in one clause. */
export function unreadText({ path }: Unread): string {
  return `${path ?? 'a file system'} does not answer`;
}
