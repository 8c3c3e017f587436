import { listed, sentence } from '../words.ts';
import type { Start } from './answer.ts';
import { type ConfigurationProblem, lackText, type Refusal } from './refusal.ts';

/** Why dockerd does not start: a clause. */
export function refusalText(refusal: Refusal, dataRoot: string): string {
  switch (refusal.kind) {
    case 'configuration':
      return problemText(refusal.problem);
    case 'removed':
      return `the storage driver ${refusal.driver}, which is set, was removed in Engine ${refusal.removedIn}`;
    case 'lack':
      return `${chosen(refusal)}: ${lackText(refusal.driver, refusal.lack)}`;
    case 'several':
      return `${dataRoot} holds data of ${listed(refusal.drivers)}, and none of them is set`;
    case 'deprecated-data':
      return `${dataRoot} holds data of ${refusal.driver}, which is deprecated: it must be set by name`;
  }
}

function chosen({ driver, by }: Extract<Refusal, { kind: 'lack' }>): string {
  if (by === 'asked') return `the storage driver ${driver}, which is set, cannot be used`;
  if (by === 'prior') return `the storage driver ${driver}, which has the data here, cannot be used`;
  return 'there is no storage driver that it can use';
}

/** What is wrong with the configuration: a clause. */
export function problemText(problem: ConfigurationProblem): string {
  switch (problem.is) {
    case 'unknown-directives':
      return `${problem.path} sets ${listed(problem.names.map((name) => `"${name}"`))}, which this engine does not know`;
    case 'unknown-option':
      return `${problem.where} gives --${problem.name}, which this engine does not know`;
    case 'given-twice':
      return `"${problem.directive}" is given twice: in ${problem.option} and in ${problem.file}`;
    case 'graph-and-data-root':
      return `${problem.where} sets both "graph" and "data-root"`;
    case 'graph':
      return `${problem.where} sets "graph", which this engine refuses`;
    case 'wrong-type':
      return `"${problem.directive}" in ${problem.path} must be ${problem.wanted}`;
    case 'removed-option':
      return `${problem.where} sets "${problem.name}", which was removed`;
    case 'malformed':
      return `${problem.path} cannot be read by dockerd: ${problem.why}`;
    case 'missing-file':
      return `--config-file names ${problem.path}, which does not exist`;
  }
}

const CHOSEN = {
  asked: 'which is set',
  prior: 'which has the data here',
  choice: 'the first of its list that works',
} as const;

/** How dockerd starts: a sentence that begins with `subject`. */
export function startText(subject: string, start: Start, dataRoot: string): string {
  switch (start.is) {
    case 'starts': {
      const what =
        start.store === 'containerd'
          ? `containerd's image store (snapshotter ${start.driver})`
          : `the storage driver ${start.driver}`;
      const warning = start.warns === null ? '' : ` ${sentence(start.warns)}`;
      return `${subject} starts with ${what}, ${CHOSEN[start.by]}.${warning}`;
    }
    case 'refuses':
      return `${subject} does not start: ${refusalText(start.refusal, dataRoot)}.`;
    case 'unknown': {
      const driver = start.driver === null ? '' : ` with ${start.driver}`;
      return `Whether ${subject} starts${driver} is not known: ${start.why}.`;
    }
  }
}
