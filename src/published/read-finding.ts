import { ABOUT_NOTHING, type About, KERNEL_ROLES, SEVERITIES } from '../model/finding.ts';
import { readSteps } from '../model/read-steps.ts';
import { isRecord, textList } from '../model/untrusted.ts';
import type { PublishedFinding } from './form.ts';

/** A finding as status.json has it; null: it is not one that can be spoken of. */
export function readFinding(value: unknown): PublishedFinding | null {
  const body = readFindingBody(value);
  if (body === null || !isRecord(value)) return null;
  const { since, settle, acknowledgedUntil } = value;
  if (typeof since !== 'number' || typeof settle !== 'number') return null;
  if (acknowledgedUntil !== null && typeof acknowledgedUntil !== 'number') return null;
  return { ...body, since, settle, acknowledgedUntil };
}

/** What a finding has without the ledger. Codes are texts: another version may have others. */
export type FindingBody = Omit<PublishedFinding, 'since' | 'settle' | 'acknowledgedUntil'>;

export function readFindingBody(value: unknown): FindingBody | null {
  if (!isRecord(value)) return null;
  const { code, subject, title, text } = value;
  const severity = SEVERITIES.find((known) => known === value.severity);
  const causedBy = textList(value.causedBy);
  const remedy = readSteps(value.remedy);
  const about = readAbout(value.about);
  if (typeof code !== 'string' || typeof subject !== 'string' || typeof title !== 'string') return null;
  if (typeof text !== 'string' || severity === undefined || causedBy === null) return null;
  return { code, subject, about, severity, title, text, remedy, causedBy };
}

/** What an older version did not say is about nothing. */
function readAbout(value: unknown): About {
  if (!isRecord(value)) return ABOUT_NOTHING;
  const { tree, package: cpv } = value;
  return {
    kernel: readKernel(value.kernel),
    modules: textList(value.modules) ?? [],
    tree: typeof tree === 'string' ? tree : null,
    package: typeof cpv === 'string' ? cpv : null,
    nextBootLoses: textList(value.nextBootLoses) ?? [],
    ...(value.byGuess === true ? { byGuess: true } : {}),
  };
}

function readKernel(value: unknown): About['kernel'] {
  if (!isRecord(value) || typeof value.name !== 'string') return null;
  const { name, release } = value;
  const role = KERNEL_ROLES.find((known) => known === value.role);
  return role === undefined ? null : { role, release: typeof release === 'string' ? release : null, name };
}
