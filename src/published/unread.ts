import { LINK_NAMES, type Verdict } from '../model/verdict.ts';
import type { Unread } from './form.ts';

/** The verdict on a machine that was never read: everything is unknown. */
export function unreadVerdict(unread: Unread): Verdict {
  const reason = unreadText(unread);
  return {
    wanted: { answer: 'no', because: [], hints: [] },
    nextBoot: { kind: 'unknown', why: reason, refuted: null },
    links: LINK_NAMES.map((name) => ({ name, mark: 'unknown', identity: '', atMs: null, reason })),
    findings: [],
    plan: [],
  };
}

/** For a person, in one clause. */
export function unreadText({ path }: Unread): string {
  return `${path ?? 'a file system'} does not answer`;
}
