import { parseDuration } from '../../config/duration.ts';
import { acknowledge, openTitle, unacknowledge } from '../../ledger/acknowledge.ts';
import { CATALOGUE } from '../../verdict/catalogue.ts';
import type { Invocation } from '../command.ts';
import { withLedger } from '../ledger-access.ts';

/** `aufswatch ack CODE [SUBJECT]`: no more notices of this, for a time, until it changes, or for ever. */
export function ack(invocation: Invocation): number {
  const { terminal } = invocation;
  const [code = '', subject = ''] = invocation.args;
  if (!isCode(code))
    return terminal.fail(`no finding has the code "${code}"; aufswatch explain lists them all`);
  const span = invocation.option('for');
  const duration = span === null ? null : parseDuration(span);
  if (span !== null && duration === null)
    return terminal.fail(`--for ${span}: a number with its unit, as 3d or 12h`);
  return withLedger(invocation, 'write', (ledger) => {
    const now = invocation.now();
    const title = invocation.flag('until-change') ? openTitle(ledger, code, subject) : null;
    if (invocation.flag('until-change') && title === null) return terminal.fail(`${code} is not open now`);
    const until = duration === null ? null : now + duration;
    acknowledge(ledger, { code, subject, until, untilTitle: title }, now);
    return 0;
  });
}

/** `aufswatch unack CODE [SUBJECT]` */
export function unack(invocation: Invocation): number {
  const { terminal } = invocation;
  const [code = '', subject = ''] = invocation.args;
  return withLedger(invocation, 'write', (ledger) =>
    unacknowledge(ledger, code, subject) > 0 ? 0 : terminal.fail(`${code} was not acknowledged`),
  );
}

function isCode(code: string): boolean {
  return CATALOGUE.some((entry) => entry.code === code);
}
