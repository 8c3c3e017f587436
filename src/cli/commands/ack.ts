import { dirname } from 'node:path';
import { parseDuration } from '../../config/duration.ts';
import { acknowledge, FOR_EVER, openTitle, unacknowledge } from '../../ledger/acknowledge.ts';
import { tellOfAcknowledgement } from '../../ledger/acks-file.ts';
import { listFindings } from '../../ledger/list-findings.ts';
import { findingCode } from '../../model/finding.ts';
import { listed } from '../../verdict/words.ts';
import { command } from '../command.ts';
import { flag, optional, required, value } from '../definition.ts';
import { withLedger } from '../ledger-access.ts';
import { spanText, wordsFor } from '../render/acknowledged.ts';
import { hint } from '../render/hint.ts';
import { plain } from '../render/style.ts';
import { noSuchCode } from './explain.ts';

/** `aufswatch ack CODE [SUBJECT]`: silences a finding for a time, until it changes, or for ever. */
export const ack = command(
  {
    description:
      'Turns off the notices of a finding: for a time, until it changes, or until unack. It stays in status.',
    args: {
      code: required('the code of the finding', { offer: 'open-codes' }),
      subject: optional('only this subject of it'),
    },
    options: {
      for: value('span', 'for this time, such as 3d or 12h'),
      'until-change': flag('until its title changes'),
    },
  },
  (invocation) => {
    const { terminal } = invocation;
    const { code } = invocation.args;
    const subject = invocation.args.subject ?? '';
    if (!isCode(code)) return terminal.fail(noSuchCode(code));
    const span = invocation.options.for;
    const duration = span === null ? null : parseDuration(span);
    if (span !== null && invocation.options['until-change'])
      return terminal.fail('--for and --until-change exclude each other');
    if (span !== null && (duration === null || duration === 0))
      return terminal.fail(`--for ${span}: a number with its unit, as 3d or 12h`);
    return withLedger(invocation, 'write', (ledger) => {
      const now = invocation.now();
      const subjects = listFindings(ledger, false).flatMap((open) =>
        open.code === code ? [open.subject] : [],
      );
      if (subject !== '' && !subjects.includes(subject))
        return terminal.fail(notOpen(code, subject, subjects));
      const title = invocation.options['until-change'] ? openTitle(ledger, code, subject) : null;
      if (invocation.options['until-change'] && title === null)
        return terminal.fail(`${code} is not open now`);
      const until = duration === null ? null : now + duration;
      acknowledge(ledger, { code, subject, until, untilTitle: title }, now);
      tellOfAcknowledgement(dirname(ledger.path));
      const span = title === null ? spanText(until ?? FOR_EVER) : 'until it changes';
      const words = wordsFor({ code, subject });
      const early = subjects.length === 0 ? ' It is not open now; it stays silent when it opens.' : '';
      const isForEver = title === null && until === null;
      const back = isForEver ? `Take it back with: ${hint('unack', invocation)} ${words}\n` : '';
      terminal.out(plain(terminal, `${words} is silenced ${span}.${early}\n${back}`));
      return 0;
    });
  },
);

/** `aufswatch unack CODE [SUBJECT]` */
export const unack = command(
  {
    description: 'Turns the notices of a finding on again.',
    args: {
      code: required('the code of the finding', { offer: 'open-codes' }),
      subject: optional('only this subject of it'),
    },
    options: {},
  },
  (invocation) => {
    const { terminal } = invocation;
    const { code } = invocation.args;
    const subject = invocation.args.subject ?? '';
    return withLedger(invocation, 'write', (ledger) => {
      const count = unacknowledge(ledger, code, subject);
      if (count === 0) return terminal.fail(isCode(code) ? `${code} was not acknowledged` : noSuchCode(code));
      tellOfAcknowledgement(dirname(ledger.path));
      const isOpen = listFindings(ledger, false).some(
        (open) => open.code === code && (subject === '' || open.subject === subject),
      );
      const now = isOpen
        ? 'open now: notices are sent again'
        : 'not open now: a notice is sent when it opens';
      terminal.out(plain(terminal, `${wordsFor({ code, subject })} is no longer silenced. It is ${now}.\n`));
      return 0;
    });
  },
);

/** A code can be silenced in advance; a subject must be one of the open findings. */
function notOpen(code: string, subject: string, subjects: readonly string[]): string {
  const open = subjects.length === 0 ? 'it is not open now' : `it is open for ${listed(subjects)}`;
  return `${code} is not open for ${subject}: ${open}`;
}

function isCode(code: string): boolean {
  return findingCode(code) !== null;
}
