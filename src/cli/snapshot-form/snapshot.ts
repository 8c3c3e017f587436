import * as z from 'zod';
import { PARTS } from '../../model/part.ts';
import { SNAPSHOT_SCHEMA, type Snapshot } from '../../model/snapshot.ts';
import { isRecord } from '../../model/untrusted.ts';
import { bootForm } from './boot.ts';
import { containersForm, dockerForm, NO_CONTAINERS } from './docker.ts';
import { releaseModulesForm } from './modules.ts';
import { list, number, text, texts } from './parts.ts';
import { portageForm } from './portage.ts';
import { runningForm } from './running.ts';
import { selectedForm, treeForm } from './sources.ts';

const preferences = z.object({
  wanted: z.enum(['auto', 'yes', 'no']),
  kernelDirectory: text,
  patchDirectories: texts,
  nextBootImage: text.nullable(),
  optionalModules: texts,
  ignoredModules: texts,
});

const currentForm = z.object({
  schema: z.literal(SNAPSHOT_SCHEMA),
  program: text,
  root: text,
  takenAt: number,
  preferences,
  portage: portageForm,
  sources: z.object({ selected: selectedForm, trees: list(treeForm) }),
  boot: bootForm,
  modules: list(releaseModulesForm),
  dkms: list(z.object({ name: text, version: text, modules: texts })).default([]),
  running: runningForm,
  docker: dockerForm,
  containers: containersForm.default(NO_CONTAINERS),
  evidence: z.object({ fstabAufs: texts, aufsConfigs: texts.default([]) }),
  problems: list(z.object({ part: z.enum(PARTS), path: text, detail: text })),
});

/** The form of a saved Snapshot. A file from another machine is untrusted input. */
export const snapshotForm = z.preprocess(fromSchema1, currentForm) satisfies z.ZodType<Snapshot>;

/** In schema 1 the problems were called `troubles`. */
function fromSchema1(value: unknown): unknown {
  if (!isRecord(value) || value.schema !== 1) return value;
  const { troubles, ...rest } = value;
  return { ...rest, schema: SNAPSHOT_SCHEMA, problems: troubles };
}
