import * as z from 'zod';
import { abiForm, carriesForm, configForm, identityForm } from './kernel.ts';
import { fact, list, number, text, texts } from './parts.ts';

/** The form of the running kernel. */

export const runningForm = z.object({
  identity: identityForm,
  machine: fact(text),
  bootedAt: fact(number),
  bootId: fact(text),
  config: fact(configForm),
  filesystems: fact(texts),
  aufsMounts: fact(texts),
  loaded: fact(texts),
  modules: list(
    z.object({
      name: text,
      version: text.nullable(),
      srcversion: text.nullable(),
      buildId: fact(text),
      uses: fact(number),
      heldBy: texts.default([]),
    }),
  ),
  carries: carriesForm,
  abi: abiForm,
});
