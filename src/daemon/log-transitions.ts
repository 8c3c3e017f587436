import type { Transition } from '../model/transition.ts';
import type { Log } from './log.ts';

/** One line for each finding that came, changed or went. */
export function logTransitions(log: Log, transitions: readonly Transition[]): void {
  for (const { kind, finding, since } of transitions) {
    const fields = { code: finding.code, subject: finding.subject, severity: finding.severity };
    if (kind === 'resolved')
      log.info({ ...fields, since: new Date(since).toISOString() }, `resolved: ${finding.title}`);
    else if (finding.severity === 'critical') log.error(fields, `${kind}: ${finding.title}`);
    else if (finding.severity === 'warning') log.warn(fields, `${kind}: ${finding.title}`);
    else log.info(fields, `${kind}: ${finding.title}`);
  }
}
