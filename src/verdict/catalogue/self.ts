import type { SelfReport } from '../../model/memory.ts';
import type { Goal } from '../goal.ts';
import type { Situation } from '../situation.ts';
import { dayTime, listed } from '../words.ts';
import { entry, type Instance } from './entry.ts';

type Report<Code extends SelfReport['code']> = Extract<SelfReport, { readonly code: Code }>;

/** What the daemon says of itself under this code. */
function reports<Code extends SelfReport['code']>(
  { memory }: Situation,
  code: Code,
): readonly Instance<Report<Code>>[] {
  return memory.self
    .filter((report): report is Report<Code> => report.code === code)
    .map((args) => ({ subject: '', args }));
}

function ran(why: string, ...words: readonly string[]): Goal {
  return { is: 'ran', stage: 'self', commands: [{ words }], why };
}

export const hookMissing = entry<Report<'hook-missing'>>({
  code: 'hook-missing',
  meaning:
    'A hook that should tell aufswatch of merges or kernel installations is not in place. Changes are still seen, but later, and nobody is told in the terminal.',
  severities: ['notice'],
  when: (situation) => reports(situation, 'hook-missing'),
  severity: () => 'notice',
  title: ({ missing }) => `Not in place: ${listed(missing)}`,
  text: () => 'Without them, emerge says nothing when it patches or unpatches the sources.',
  goals: () => [ran('puts the hooks in place', 'aufswatch', 'setup')],
});

export const hookUnheard = entry<Report<'hook-unheard'>>({
  code: 'hook-unheard',
  meaning:
    'The hook in bashrc is in place, a package that it tells of was merged since, and nothing was heard of it: something above the hook ends bashrc, or fails. Changes are still seen, but later, and nobody is told in the terminal.',
  severities: ['notice'],
  when: (situation) => reports(situation, 'hook-unheard'),
  severity: () => 'notice',
  title: ({ cpv, at }) => `The hook in bashrc told nothing of the merge of ${cpv} ${dayTime(at)}`,
  text: () => 'It is in place, but does not run.',
  goals: () => [
    {
      is: 'done-by-hand',
      stage: 'self',
      what: 'look for what ends /etc/portage/bashrc above the block of aufswatch, as return or exit does',
    },
  ],
});

const SYSCTL = {
  watches: 'fs.inotify.max_user_watches=524288',
  instances: 'fs.inotify.max_user_instances=512',
};

export const watchDegraded = entry<Report<'watch-degraded'>>({
  code: 'watch-degraded',
  meaning:
    'The system has run out of inotify watches or instances. The places that could not be watched are looked at by time instead; changes there are seen later.',
  severities: ['notice'],
  when: (situation) => reports(situation, 'watch-degraded'),
  severity: () => 'notice',
  title: ({ places, limit }) => `${places} places cannot be watched: out of inotify ${limit}`,
  text: () => 'They are looked at once a minute instead.',
  goals: ({ limit }) => [ran('raises the limit; keep it in /etc/sysctl.d', 'sysctl', '-w', SYSCTL[limit])],
});

export const ledgerRecovered = entry<Report<'ledger-recovered'>>({
  code: 'ledger-recovered',
  meaning:
    'The database was damaged. It was moved aside, and the newest good backup, or a new one, took its place.',
  severities: ['notice'],
  when: (situation) => reports(situation, 'ledger-recovered'),
  severity: () => 'notice',
  title: ({ at }) => `The history was damaged and was recovered ${dayTime(at)}`,
  text: ({ movedTo }) =>
    `The damaged file is ${movedTo}. What happened after the last backup may be missing.`,
  goals: () => [ran('when you have seen it', 'aufswatch', 'ack', 'ledger-recovered')],
});

export const inboxStuck = entry<Report<'inbox-stuck'>>({
  code: 'inbox-stuck',
  meaning: 'What the hooks leave for the daemon cannot be read.',
  severities: ['notice'],
  when: (situation) => reports(situation, 'inbox-stuck'),
  severity: () => 'notice',
  title: ({ path, detail }) => `${path} cannot be read: ${detail}`,
  text: () => 'What emerge did is still seen in its database, but later and with less detail.',
  goals: ({ path }) => [
    { is: 'done-by-hand', stage: 'self', what: `look at ${path}; aufswatch doctor tells what is wrong` },
  ],
});
