import { type Kernel, moduleFile } from '../kernel/kernel.ts';
import type { Loadable } from '../loadable/answer.ts';
import { type SeenOutcome, seenOutcome } from '../rehearsed.ts';
import { allKernels, type Situation } from '../situation.ts';
import { foretold } from '../will-load.ts';
import { entry, type Instance } from './entry.ts';

interface Contradiction {
  readonly kernel: Kernel;
  readonly module: string;
  readonly foretold: Exclude<Loadable, { readonly answer: 'unknown' }>;
  readonly seen: SeenOutcome;
}

/** Modules for which a rehearsal of exactly these files saw the opposite of the prediction. */
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
    'A rehearsal saw something else than aufswatch predicts for a module. The verdict uses what was seen. The wrong prediction is a bug of aufswatch: please report it.',
  severities: ['notice'],
  when: contradictions,
  about: ({ kernel: { role, name, identity }, module }) => ({
    kernel: { role, name, release: identity.release.known ? identity.release.value : null },
    modules: [module],
  }),
  severity: () => 'notice',
  title: ({ kernel, module, seen }) =>
    seen.is === 'refused'
      ? `${kernel.name} refused ${module} in a rehearsal, against the prediction`
      : `${kernel.name} took ${module} in a rehearsal, against the prediction`,
  text: ({ foretold: said, seen }) =>
    said.answer === 'refused'
      ? `The verdict uses what was seen. The prediction was: ${said.message}. Please report it.`
      : `The verdict uses what was seen. The kernel's words were: ${wordsOf(seen)}. Please report it.`,
  goals: ({ module }) => [
    {
      is: 'ran',
      stage: 'self',
      commands: [{ words: ['aufswatch', 'snapshot'], into: `aufswatch-${module}.json` }],
      why: 'makes the file to attach to the bug report, with the output of aufswatch rehearse',
    },
  ],
});

function wordsOf(seen: SeenOutcome): string {
  if (seen.is === 'loads') return 'none';
  return seen.words[0] ?? seen.error;
}
