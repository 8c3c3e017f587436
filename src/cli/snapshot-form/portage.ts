import * as z from 'zod';
import { VDB_FORMS } from '../../model/portage.ts';
import { fact, flag, list, NOT_READ, number, text, texts } from './parts.ts';

/** The forms of what Portage has installed. */

const installedPackage = z.object({
  cpv: text,
  category: text,
  name: text,
  version: text,
  kinds: list(
    z.enum(['aufs', 'aufs-util', 'kernel-sources', 'dist-kernel', 'module', 'without-modules', 'docker']),
  ),
  asksForSymvers: flag.default(false),
  slot: fact(text),
  repository: fact(text),
  use: fact(texts),
  iuse: fact(texts).default(NOT_READ),
  ebuild: text.nullable().default(null),
  buildTime: fact(number),
  counter: fact(number),
  mergedAt: number,
  modules: list(z.object({ path: text, md5: text, mtime: number })),
  trees: texts,
  patches: texts,
});

export const portageForm = z.object({
  form: fact(z.enum(VDB_FORMS)),
  installed: number,
  packages: list(installedPackage),
  userPatches: list(z.object({ path: text, target: text, mtime: number, appliesTo: texts })),
  binaryPackages: fact(flag).default(NOT_READ),
});
