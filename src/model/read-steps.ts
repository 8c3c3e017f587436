import { type Command, STAGES, type Step, type Word } from './step.ts';
import { isRecord, textList } from './untrusted.ts';

/** Reads steps from an untrusted JSON value. Steps of another form are left out. */
export function readSteps(value: unknown): Step[] {
  return listOf(value).flatMap(readStep);
}

/** The same for the steps of a plan. Codes are strings, because another version may have other codes. */
export function readPlan(value: unknown): (Step & { readonly resolves: readonly string[] })[] {
  return listOf(value).flatMap((step) => {
    const resolves = isRecord(step) ? textList(step.resolves) : null;
    return resolves === null ? [] : readStep(step).map((read) => ({ ...read, resolves }));
  });
}

function readStep(value: unknown): Step[] {
  if (!isRecord(value) || typeof value.why !== 'string') return [];
  const { why } = value;
  const stage = STAGES.find((known) => known === value.stage);
  if (stage === undefined) return [];
  if (value.by === 'hand') return [{ by: 'hand', why, stage }];
  const [first, ...others] = listOf(value.commands).map(readCommand);
  if (value.by !== 'command' || first === undefined || first === null) return [];
  const rest = others.filter((command) => command !== null);
  return rest.length < others.length ? [] : [{ by: 'command', commands: [first, ...rest], why, stage }];
}

function readCommand(value: unknown): Command | null {
  if (!isRecord(value)) return null;
  const words = listOf(value.words).map(readWord);
  const known = words.filter((word) => word !== null);
  if (known.length === 0 || known.length < words.length) return null;
  return typeof value.into === 'string' ? { words: known, into: value.into } : { words: known };
}

function readWord(value: unknown): Word | null {
  if (typeof value === 'string') return value;
  return isRecord(value) && value.jobs === true ? { jobs: true } : null;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
