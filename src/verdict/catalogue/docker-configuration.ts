import { byHand } from '../docker-goals.ts';
import type { DockerOutlook } from '../docker-outlook.ts';
import type { ConfigurationProblem } from '../dockerd/refusal.ts';
import { problemText } from '../dockerd/words.ts';
import { listed, sentence } from '../words.ts';
import { engineOf, type Refused, refused } from './docker-refused.ts';
import { entry, NOTHING } from './entry.ts';

export const dockerAskedTwice = entry<Refused<'configuration'>>({
  code: 'docker-asked-twice',
  meaning:
    'A setting is given to dockerd both as an option and in its configuration file: dockerd does not start, even where both say the same.',
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
      ? `By ${problem.option}, and by ${problem.file}. dockerd takes one of the two alone.`
      : '',
  goals: ({ refusal: { problem } }) =>
    problem.is === 'given-twice'
      ? [byHand(`take "${problem.directive}" out of ${problem.file}, or the option out of ${problem.option}`)]
      : [],
});

export const dockerConfigurationRefused = entry<Refused<'configuration'>>({
  code: 'docker-configuration-refused',
  meaning:
    'dockerd does not take its options or its configuration file: a setting that this version of the engine does not know (as "graph" since 24.0), one of the wrong form, or a file that is not JSON. It does not start.',
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
  goals: ({ outlook, refusal: { problem } }) => [byHand(configurationMend(problem, outlook))],
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

function configurationMend(problem: ConfigurationProblem, { facts }: DockerOutlook): string {
  switch (problem.is) {
    case 'graph':
      return `call it "data-root" instead of "graph" in ${problem.where}`;
    case 'graph-and-data-root':
      return `take "graph" out of ${problem.where}`;
    case 'unknown-directives':
      return problem.names.includes('graph')
        ? `call it "data-root" instead of "graph" in ${problem.path}`
        : `take ${listed(problem.names.map((name) => `"${name}"`))} out of ${problem.path}`;
    case 'unknown-option':
      return problem.name === 'graph'
        ? `give --data-root instead of --graph in ${problem.where}`
        : `take --${problem.name} out of ${problem.where}`;
    case 'removed-option':
      return `take ${problem.name} out of ${problem.where}`;
    case 'wrong-type':
      return `give "${problem.directive}" in ${problem.path} as ${problem.wanted}`;
    case 'malformed':
    case 'missing-file':
      return `mend ${problem.path}, or take it away where it says nothing (it is that of ${facts.engine.known ? facts.engine.value : 'dockerd'})`;
    case 'given-twice':
      return '';
  }
}
