import * as z from 'zod';
import { INITRAMFS_TOOLS, LOADER_CHOICES, LOADER_KINDS } from '../../model/boot.ts';
import { identityForm } from './kernel.ts';
import { moduleFileForm } from './modules.ts';
import { fact, flag, list, NOT_READ, number, text, texts } from './parts.ts';

/** The forms of what boots: images, initramfs and boot loaders. */

const loaderFile = z.object({ written: text, path: fact(text) });
const loaderKind = z.enum(LOADER_KINDS);
const loaderChoice = fact(z.object({ entry: text, by: z.enum(LOADER_CHOICES) }));

const loader = z.object({
  kind: loaderKind,
  config: text,
  changedAt: number.nullable(),
  entries: list(
    z.object({
      id: text,
      title: text,
      starts: z.discriminatedUnion('what', [
        z.object({
          what: z.literal('kernel'),
          image: loaderFile,
          commandLine: fact(text),
          initrds: list(loaderFile),
        }),
        z.object({ what: z.literal('loader'), kind: loaderKind.nullable(), program: loaderFile }),
        z.object({ what: z.literal('other'), name: text }),
        z.object({ what: z.literal('unknown'), why: text }),
      ]),
    }),
  ),
  next: loaderChoice,
  standing: loaderChoice,
  gaps: texts,
  canSet: z.object({ once: flag, standing: flag }),
});

const lastBoot = z.object({
  at: fact(number),
  commandLine: fact(text),
  uefi: fact(flag),
  firmwareEntry: fact(text),
  loader: fact(text),
  entry: fact(text),
});

const namedThere = { name: text, file: text };
const moduleLoading = z.object({
  blacklisted: list(z.object(namedThere)),
  replaced: list(z.object({ ...namedThere, command: text })),
  wanted: list(z.object(namedThere)),
  unread: texts,
});

const initramfs = z.object({
  path: text,
  id: text,
  size: number,
  mtime: number,
  contents: fact(
    z.object({
      modules: list(z.object({ name: text, path: text, release: text, file: moduleFileForm.nullable() })),
    }),
  ),
});

export const bootForm = z.object({
  images: fact(
    list(
      z.object({
        path: text,
        kind: z.enum(['bzimage', 'uki', 'other']),
        size: number,
        mtime: number,
        identity: identityForm,
        hash: fact(text),
      }),
    ),
  ),
  toMount: text.nullable().default(null),
  links: list(z.object({ path: text, target: text.nullable(), mtime: number.nullable().default(null) })),
  releases: texts,
  grubMenu: text.nullable().default(null),
  loaders: list(loader).default([]),
  unseen: texts.default([]),
  lastBoot: lastBoot.default({
    at: NOT_READ,
    commandLine: NOT_READ,
    uefi: NOT_READ,
    firmwareEntry: NOT_READ,
    loader: NOT_READ,
    entry: NOT_READ,
  }),
  initramfs: list(initramfs).default([]),
  initramfsTools: list(z.enum(INITRAMFS_TOOLS)).default([]),
  loading: moduleLoading.default({ blacklisted: [], replaced: [], wanted: [], unread: [] }),
});
