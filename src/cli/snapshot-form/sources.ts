import * as z from 'zod';
import { PATCH_COMPONENTS } from '../../model/patch-component.ts';
import { abiForm, carriesForm, configForm, identityForm } from './kernel.ts';
import { fact, flag, list, NOT_READ, number, text, texts } from './parts.ts';

/** The forms of kernel trees: their patch state and their builds. */

const component = z.union([
  z.object({
    state: z.enum(['absent', 'partial', 'present']),
    how: z.enum(['proof', 'markers']),
    by: text.nullable(),
    missing: list(z.object({ file: text, part: text })),
    appliedAt: number.nullable(),
  }),
  z.object({ state: z.literal('unknown'), why: text }),
]);

const build = z.object({
  directory: text,
  state: fact(z.enum(['never', 'in-progress', 'interrupted', 'complete'])),
  identity: identityForm,
  number: fact(number),
  builtAt: fact(number),
  compiler: fact(text),
  image: text.nullable(),
  imageHash: fact(text),
  builtConfig: fact(configForm),
  configChanged: fact(flag),
  preparedAsBuilt: fact(flag).default(NOT_READ),
  ownModules: fact(z.enum(['of-this-build', 'older', 'none', 'no-need'])).default(NOT_READ),
  stale: list(z.object({ source: text, object: text.nullable(), sourceMtime: number })),
  carries: carriesForm,
  abi: abiForm,
});

const setAtHand = z.object({
  path: text,
  branch: text.nullable(),
  isForTree: flag.nullable(),
  components: list(z.enum(PATCH_COMPONENTS)),
  rejects: fact(list(z.object({ file: text, part: text }))),
});

const REJECT_STATES = ['open', 'in-the-file', 'empty', 'reverse-attempt', 'older', 'unreadable'] as const;
const reject = z.union([
  z.object({ path: text, state: z.enum(REJECT_STATES), hunks: number }),
  // An older aufswatch did not read them.
  text.transform((path) => ({ path, state: 'unreadable' as const, hunks: 0 })),
]);

export const treeForm = z.object({
  path: text,
  kind: z.enum(['sources', 'distribution']),
  version: fact(z.object({ version: number, patchlevel: number, sublevel: number, extraversion: text })),
  release: fact(text),
  config: fact(configForm),
  owner: text.nullable(),
  aufsVersion: fact(text.nullable()),
  aufsSources: fact(z.object({ option: z.enum(['bool', 'tristate']).nullable() }).nullable()).default(
    NOT_READ,
  ),
  patch: z.object({
    components: z.object({
      kbuild: component,
      base: component,
      mmap: component,
      standalone: component,
    }),
    series: text.nullable(),
    rejects: list(reject),
    touched: texts,
    sets: list(setAtHand).default([]),
  }),
  builds: list(build),
});

export const selectedForm = z.union([
  z.object({ state: z.literal('tree'), link: text, path: text, linkMtime: number }),
  z.object({ state: z.literal('dangling'), link: text, target: text }),
  z.object({ state: z.literal('absent'), link: text }),
  z.object({ state: z.literal('not-a-tree'), link: text, path: text }),
  z.object({ state: z.literal('unknown'), link: text, detail: text }),
]);
