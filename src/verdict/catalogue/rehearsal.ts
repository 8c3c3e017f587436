import type { Loadable } from '../loadable/answer.ts';
import { type SeenOutcome, seenOutcome } from '../rehearsed.ts';
import { allKernels, foretold, type Kernel, moduleFile, type Situation } from '../situation.ts';
import { entry, type Instance } from './entry.ts';

interface Contradiction {
  readonly kernel: Kernel;
  readonly module: string;
  readonly foretold: Exclude<Loadable, { readonly answer: 'unknown' }>;
  readonly seen: SeenOutcome;
}

/** Modules of which the program foretells one thing, and a rehearsal of exactly these files has seen the other. */
function contradictions(situation: Situation): Instance<Contradiction>[] {
  return allKernels(situation).flatMap((kernel) => {
    const names = new Set(kernel.rehearsed.map(({ module }) => module));
    return [...names].flatMap((module) => {
      const file = moduleFile(kernel, module);
      const seen = file === null ? null : seenOutcome(kernel, file);
      if (file === null || seen === null) return [];
      const said = foretold(kernel, file);
      if (said.answer === 'unknown' || (said.answer === 'refused') === (seen.is === 'refused')) return [];
      return [{ subject: `${kernel.name} ${module}`, args: { kernel, module, foretold: said, seen } }];
    });
  });
}

export const rehearsalContradicts = entry<Contradiction>({
  code: 'rehearsal-contradicts',
  meaning:
    'A rehearsal has seen another thing than what aufswatch foretells of a module. What was seen is taken for the truth. That it was not foretold is a bug of aufswatch, which wants to be reported.',
  severities: ['notice'],
  when: contradictions,
  about: ({ kernel: { role, name, identity }, module }) => ({
    kernel: { role, name, release: identity.release.known ? identity.release.value : null },
    modules: [module],
  }),
  severity: () => 'notice',
  title: ({ kernel, module, seen }) =>
    seen.is === 'refused'
      ? `${kernel.name} refused ${module} in a rehearsal, against what is foretold`
      : `${kernel.name} took ${module} in a rehearsal, against what is foretold`,
  text: ({ foretold: said, seen }) =>
    said.answer === 'refused'
      ? `Foretold was: ${said.message}. What was seen counts; please report it.`
      : `Its words were: ${wordsOf(seen)}. What was seen counts; please report it.`,
  goals: ({ module }) => [
    {
      is: 'ran',
      stage: 'self',
      commands: [{ words: ['aufswatch', 'snapshot'], into: `aufswatch-${module}.json` }],
      why: 'makes the file to attach to the bug report, with what aufswatch rehearse says',
    },
  ],
});

function wordsOf(seen: SeenOutcome): string {
  if (seen.is === 'loads') return 'none';
  return seen.words[0] ?? seen.error;
}
