import { LOADER_CHOICES, LOADER_KINDS } from '../model/boot.ts';
import { type Fact, UNKNOWN_CODES } from '../model/fact.ts';
import { ABOUT_NOTHING, type About, FINDING_CODES, KERNEL_ROLES, SEVERITIES } from '../model/finding.ts';
import { type Command, STAGES, type Step, type Word } from '../model/step.ts';
import { GUESSES, LINK_MARKS, LINK_NAMES, type Verdict } from '../model/verdict.ts';
import {
  constant,
  described,
  either,
  type Form,
  flag,
  list,
  named,
  nullable,
  number,
  oneOf,
  open,
  orElse,
  readableOf,
  record,
  someOf,
  text,
  texts,
} from './json-form.ts';

/** The forms of the verdict's parts, in status.json and in the output of `--json`. */

export const timeMs = (description: string): Form<number> =>
  described(`${description} Milliseconds since 1970.`, number);
export const spanMs = (description: string): Form<number> =>
  described(`${description} Milliseconds.`, number);

const unknownFact = named(
  'unknown',
  record({
    known: constant(false),
    code: oneOf(UNKNOWN_CODES),
    detail: described('Why it is not known.', text),
  }),
);

/** A value, or why it is not known. */
export function fact<T>(value: Form<T>): Form<Fact<T>> {
  return either(record({ known: constant(true), value }), unknownFact);
}

const word: Form<Word> = either(
  text,
  record({ jobs: described('make -j with the number of processors.', constant(true)) }),
);
const command: Form<Command> = record(
  { words: someOf(word) },
  { optional: { into: described('The file that takes its output; absent: the terminal.', text) } },
);
const byCommand = {
  by: constant('command'),
  commands: described('Each needs the one before it.', someOf(command)),
  why: described('What it is good for, as a clause.', text),
  stage: oneOf(STAGES),
};
const byHand = {
  by: constant('hand'),
  why: described('What to do, as a clause.', text),
  stage: oneOf(STAGES),
};
const line = {
  command: described('The commands as one line for a shell; null: it is done by hand.', nullable(text)),
};

const step: Form<Step> = named(
  'step',
  either(record(byCommand, { added: line }), record(byHand, { added: line })),
);
/** For people. A newer program may have other stages; a step of such a stage is left out. */
export const readableSteps = readableOf(step);

function planStep<C extends string>(code: Form<C>): Form<Step & { readonly resolves: readonly C[] }> {
  const resolves = described('Codes of the findings that it helps to resolve.', list(code));
  return either(
    record({ ...byCommand, resolves }, { added: line }),
    record({ ...byHand, resolves }, { added: line }),
  );
}

/** Its codes are texts: another version of the program may have other codes. */
export const readablePlan = readableOf(planStep(text));

const about: Form<About> = named(
  'about',
  record(
    {
      kernel: orElse(
        nullable(
          record({
            role: oneOf(KERNEL_ROLES),
            release: nullable(text),
            name: described('For a person, as `6.1.192-gentoo #3`.', text),
          }),
        ),
        null,
      ),
      modules: described('Names of modules, as the kernel has them.', orElse(texts, [])),
      tree: described('Path of the kernel tree.', orElse(nullable(text), null)),
      package: described('CATEGORY/PF of the package.', orElse(nullable(text), null)),
      nextBootLoses: described(
        'Modules that the next boot comes up without because of it.',
        orElse(texts, []),
      ),
    },
    { optional: { byGuess: described('It is a guess which kernel boots next.', constant(true)) } },
  ),
);

/** The fields of a finding; its codes are a parameter. */
export function findingFields<C extends string>(code: Form<C>) {
  return {
    code,
    subject: described('Tree, kernel release, module or package; empty where there can be only one.', text),
    about: orElse(about, ABOUT_NOTHING),
    severity: oneOf(SEVERITIES),
    title: described('What is wrong, in one line.', text),
    text: described('Why, and what will happen.', text),
    remedy: described('What to do, in order.', readableSteps),
    causedBy: described('Codes of findings, open now, that it follows from.', list(code)),
  };
}

const file = record({ written: described('As the loader has it.', text), path: fact(text) });
const started = {
  image: described('Path of the image.', text),
  commandLine: fact(text),
  initrds: list(file),
};
const nextBoot = either(
  record({
    kind: constant('known'),
    by: oneOf(['configured', ...LOADER_KINDS]),
    entry: nullable(record({ id: text, title: text, config: text, by: oneOf(LOADER_CHOICES) })),
    ...started,
  }),
  record({ kind: constant('guess'), by: oneOf(GUESSES), why: text, ...started }),
  record({ kind: constant('unknown'), why: text, refuted: nullable(record({ image: text })) }),
);

const link = record({
  name: oneOf(LINK_NAMES),
  mark: oneOf(LINK_MARKS),
  identity: described('What it is, as `6.1.192-gentoo #3`.', text),
  atMs: nullable(timeMs('When it became what it is; null: not known.')),
  reason: described('What is wrong with it, or what it carries.', text),
});

const code = named('code', oneOf(FINDING_CODES));

/** A command must print the whole verdict. So it is invalid if one part cannot be read. */
export const verdictForm: Form<Verdict> = record({
  wanted: described(
    'Is AUFS wanted on this machine?',
    record({ answer: oneOf(['yes', 'no']), because: texts, hints: texts }),
  ),
  nextBoot: described('The kernel that boots next.', nextBoot),
  links: described('The five links, in their order.', list(link)),
  findings: described('Worst first.', list(record(findingFields(code)))),
  plan: described('The steps that put everything in sync, in order.', list(planStep(code))),
});

const answer = record({
  is: oneOf(['yes', 'no', 'unknown']),
  why: text,
  missing: described('There is no file for that kernel.', flag),
  follows: described('Only because a module that it needs is refused.', flag),
  refusal: nullable(open({ is: described('Why the kernel refuses it.', text) })),
});

/** Which module loads on which kernel: `aufswatch kernels`. */
export const matrixForm = record({
  kernels: list(
    record({
      name: described('For a person, as `6.1.192-gentoo #3`.', text),
      release: text,
      roles: described('What it is here, as `runs`, `boots next`, `selected`.', texts),
    }),
  ),
  rows: list(
    record({ module: text, answers: described('One for each kernel, in their order.', list(answer)) }),
  ),
});
