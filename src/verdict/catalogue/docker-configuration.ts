import { byHand } from '../docker-goals.ts';
import type { ConfigurationProblem } from '../dockerd/refusal.ts';
import { problemText } from '../dockerd/words.ts';
import { listed, sentence } from '../words.ts';
import { engineOf, type Refused, refused } from './docker-refused.ts';
import { entry, NOTHING } from './entry.ts';

export const dockerAskedTwice = entry<Refused<'configuration'>>({
  code: 'docker-asked-twice',
  meaning:
    'A setting is given to dockerd both as an option and in its configuration file. dockerd does not start, even if both have the same value.',
  severities: ['critical'],
  when: (situation) => {
    const found = refused(situation, 'configuration');
    const problem = found?.refusal.problem;
    return found === null || problem?.is !== 'given-twice'
      ? NOTHING
      : [{ subject: problem.directive, args: found }];
  },
  severity: () => 'critical',
  title: ({ refusal: { problem } }) => `Docker does not start: its ${subjectOf(problem)} is given twice`,
  text: ({ refusal: { problem } }) =>
    problem.is === 'given-twice'
      ? `It is in ${problem.option} and in ${problem.file}. dockerd accepts only one of them.`
      : '',
  goals: ({ refusal: { problem } }) =>
    problem.is === 'given-twice'
      ? [byHand(`remove "${problem.directive}" from ${problem.file}, or the option from ${problem.option}`)]
      : [],
});

export const dockerConfigurationRefused = entry<Refused<'configuration'>>({
  code: 'docker-configuration-refused',
  meaning:
    'dockerd does not start, because it refuses its options or its configuration file: a setting that this version does not know (such as "graph" since 24.0), a value of the wrong type, or a file that is not JSON.',
  severities: ['critical'],
  when: (situation) => {
    const found = refused(situation, 'configuration');
    if (found === null || found.refusal.problem.is === 'given-twice') return NOTHING;
    return [{ subject: subjectOf(found.refusal.problem), args: found }];
  },
  severity: () => 'critical',
  title: ({ outlook, refusal: { problem } }) =>
    `${engineOf(outlook)} does not start: it refuses ${quoted(problem)}`,
  text: ({ refusal: { problem } }) => sentence(problemText(problem)),
  goals: ({ refusal: { problem } }) => [byHand(correction(problem))],
});

function subjectOf(problem: ConfigurationProblem): string {
  switch (problem.is) {
    case 'given-twice':
    case 'wrong-type':
      return problem.directive;
    case 'unknown-directives':
      return problem.names[0] ?? '';
    case 'unknown-option':
    case 'removed-option':
      return problem.name;
    case 'graph':
    case 'graph-and-data-root':
      return 'graph';
    case 'malformed':
    case 'missing-file':
      return problem.path;
  }
}

function quoted(problem: ConfigurationProblem): string {
  const subject = subjectOf(problem);
  return subject.startsWith('/') ? subject : `"${subject}"`;
}

/** How to correct the configuration: an instruction. */
function correction(problem: ConfigurationProblem): string {
  switch (problem.is) {
    case 'graph':
      return `rename "graph" to "data-root" in ${problem.where}`;
    case 'graph-and-data-root':
      return `remove "graph" from ${problem.where}`;
    case 'unknown-directives':
      return problem.names.includes('graph')
        ? `rename "graph" to "data-root" in ${problem.path}`
        : `remove ${listed(problem.names.map((name) => `"${name}"`))} from ${problem.path}`;
    case 'unknown-option':
      return problem.name === 'graph'
        ? `replace --graph by --data-root in ${problem.where}`
        : `remove --${problem.name} from ${problem.where}`;
    case 'removed-option':
      return `remove ${problem.name} from ${problem.where}`;
    case 'wrong-type':
      return `make "${problem.directive}" in ${problem.path} ${problem.wanted}`;
    case 'malformed':
      return `correct ${problem.path}, or delete it if it sets nothing`;
    case 'missing-file':
      return `create ${problem.path}, or remove --config-file from the options of dockerd`;
    case 'given-twice':
      return '';
  }
}
