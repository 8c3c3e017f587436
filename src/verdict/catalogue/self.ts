import type { SelfReport } from '../../model/memory.ts';
import type { Goal } from '../goal.ts';
import type { Situation } from '../situation.ts';
import { dayTime, listed } from '../words.ts';
import { entry, type Instance } from './entry.ts';

type Report<Code extends SelfReport['code']> = Extract<SelfReport, { readonly code: Code }>;

/** The daemon's reports about itself with this code. */
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
    'A hook that reports merges or kernel installations to aufswatch is not installed. aufswatch still sees changes, but later, and prints nothing in the terminal.',
  severities: ['notice'],
  when: (situation) => reports(situation, 'hook-missing'),
  severity: () => 'notice',
  title: ({ missing }) => `Hooks not installed: ${listed(missing)}`,
  text: () => 'Until they are installed, emerge says nothing when it patches or unpatches the sources.',
  goals: () => [ran('installs the hooks', 'aufswatch', 'setup')],
});

export const hookUnheard = entry<Report<'hook-unheard'>>({
  code: 'hook-unheard',
  meaning:
    'The hook in bashrc is installed, but it did not report a merge that it should have reported: something above it ends bashrc early, or fails. aufswatch still sees changes, but later, and prints nothing in the terminal.',
  severities: ['notice'],
  when: (situation) => reports(situation, 'hook-unheard'),
  severity: () => 'notice',
  title: ({ cpv, atMs: at }) => `The hook in bashrc did not report the merge of ${cpv} ${dayTime(at)}`,
  text: () => 'It is installed, but does not run.',
  goals: () => [
    {
      is: 'done-by-hand',
      stage: 'self',
      what: 'look in /etc/portage/bashrc, above the block of aufswatch, for what ends the file early, such as return or exit',
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
    'The system has run out of inotify watches or instances. Places that cannot be watched are polled instead, so changes there are seen later.',
  severities: ['notice'],
  when: (situation) => reports(situation, 'watch-degraded'),
  severity: () => 'notice',
  title: ({ places, limit }) => `${places} places cannot be watched: out of inotify ${limit}`,
  text: () => 'Changes there are seen late: the places are polled once a minute instead.',
  goals: ({ limit }) => [ran('raises the limit; keep it in /etc/sysctl.d', 'sysctl', '-w', SYSCTL[limit])],
});

export const ledgerRecovered = entry<Report<'ledger-recovered'>>({
  code: 'ledger-recovered',
  meaning:
    'The ledger, the database of aufswatch, was damaged. It was moved aside and replaced by the newest good backup, or by an empty one.',
  severities: ['notice'],
  when: (situation) => reports(situation, 'ledger-recovered'),
  severity: () => 'notice',
  title: ({ atMs: at }) => `The history was damaged and was recovered ${dayTime(at)}`,
  text: ({ movedTo }) =>
    `The damaged file is ${movedTo}. What happened after the last backup may be missing.`,
  goals: () => [ran('when you have seen it', 'aufswatch', 'ack', 'ledger-recovered')],
});

export const inboxStuck = entry<Report<'inbox-stuck'>>({
  code: 'inbox-stuck',
  meaning: 'The daemon cannot read the messages of the hooks.',
  severities: ['notice'],
  when: (situation) => reports(situation, 'inbox-stuck'),
  severity: () => 'notice',
  title: ({ path, detail }) => `${path} cannot be read: ${detail}`,
  text: () => "Merges are still seen in Portage's database, but later and with less detail.",
  goals: ({ path }) => [
    { is: 'done-by-hand', stage: 'self', what: `look at ${path}; "aufswatch doctor" shows what is wrong` },
  ],
});
