import { LOADER_CHOICES, LOADER_KINDS, type LoaderFile } from '../model/boot.ts';
import { type Fact, known, UNKNOWN_CODES, unknown } from '../model/fact.ts';
import { type Finding, findingCode, type PlanStep } from '../model/finding.ts';
import { VDB_FORMS } from '../model/portage.ts';
import { readPlan } from '../model/read-steps.ts';
import { isRecord, textList } from '../model/untrusted.ts';
import {
  type BootEntryName,
  GUESSES,
  LINK_MARKS,
  LINK_NAMES,
  type Link,
  type NextBoot,
  type Started,
  type Verdict,
  type Wanted,
} from '../model/verdict.ts';
import type { Published, PublishedRests, Stamped } from './form.ts';
import { readFindingBody } from './read-finding.ts';

/** The verdict as it was published, and what shows whether it still holds. */
export type Judgement = Pick<Published, 'program' | 'verdict' | 'portage'> & {
  readonly rests: PublishedRests;
};

/** null: it cannot be read to its last word, or nothing shows whether it holds. */
export function readJudgement(value: Readonly<Record<string, unknown>>): Judgement | null {
  const verdict = readVerdict(value.verdict);
  const rests = readRests(value.rests);
  const form = isRecord(value.portage)
    ? readFact(value.portage.form, (each) => oneOf(VDB_FORMS, each))
    : null;
  if (typeof value.program !== 'string' || verdict === null || rests === null || form === null) return null;
  return { program: value.program, verdict, rests, portage: { form } };
}

function readVerdict(value: unknown): Verdict | null {
  if (!isRecord(value)) return null;
  const wanted = readWanted(value.wanted);
  const nextBoot = readNextBoot(value.nextBoot);
  const links = readAll(value.links, readLink);
  const findings = readAll(value.findings, readOwnFinding);
  const plan = readOwnPlan(value.plan);
  if (wanted === null || nextBoot === null || links === null || findings === null || plan === null)
    return null;
  return { wanted, nextBoot, links, findings, plan };
}

function readWanted(value: unknown): Wanted | null {
  if (!isRecord(value)) return null;
  const answer = oneOf(['yes', 'no'] as const, value.answer);
  const because = textList(value.because);
  const hints = textList(value.hints);
  return answer === null || because === null || hints === null ? null : { answer, because, hints };
}

function readNextBoot(value: unknown): NextBoot | null {
  if (!isRecord(value)) return null;
  const { kind, why } = value;
  if (kind === 'unknown') {
    const refuted = isRecord(value.refuted) ? value.refuted.image : null;
    if (typeof why !== 'string' || !(refuted === null || typeof refuted === 'string')) return null;
    return { kind, why, refuted: refuted === null ? null : { image: refuted } };
  }
  const started = readStarted(value);
  if (started === null) return null;
  if (kind === 'guess') {
    const by = oneOf(GUESSES, value.by);
    return by === null || typeof why !== 'string' ? null : { kind, by, why, ...started };
  }
  const by = oneOf(['configured', ...LOADER_KINDS] as const, value.by);
  const entry = value.entry === null ? null : readEntry(value.entry);
  if (kind !== 'known' || by === null || entry === undefined) return null;
  return { kind, by, entry, ...started };
}

function readStarted(value: Readonly<Record<string, unknown>>): Started | null {
  const commandLine = readFact(value.commandLine, readText);
  const initrds = readAll(value.initrds, readFile);
  const { image } = value;
  if (typeof image !== 'string' || commandLine === null || initrds === null) return null;
  return { image, commandLine, initrds };
}

/** undefined: it cannot be read. */
function readEntry(value: unknown): BootEntryName | undefined {
  if (!isRecord(value)) return undefined;
  const { id, title, config } = value;
  const by = oneOf(LOADER_CHOICES, value.by);
  if (typeof id !== 'string' || typeof title !== 'string' || typeof config !== 'string') return undefined;
  return by === null ? undefined : { id, title, config, by };
}

function readFile(value: unknown): LoaderFile | null {
  if (!isRecord(value) || typeof value.written !== 'string') return null;
  const path = readFact(value.path, readText);
  return path === null ? null : { written: value.written, path };
}

function readLink(value: unknown): Link | null {
  if (!isRecord(value)) return null;
  const { identity, at, reason } = value;
  const name = oneOf(LINK_NAMES, value.name);
  const mark = oneOf(LINK_MARKS, value.mark);
  if (name === null || mark === null || typeof identity !== 'string' || typeof reason !== 'string')
    return null;
  return at === null || typeof at === 'number' ? { name, mark, identity, at, reason } : null;
}

function readOwnFinding(value: unknown): Finding | null {
  const body = readFindingBody(value);
  const code = body === null ? null : findingCode(body.code);
  if (body === null || code === null) return null;
  const causedBy = body.causedBy.map(findingCode).filter((each) => each !== null);
  return causedBy.length < body.causedBy.length ? null : { ...body, code, causedBy };
}

/** The lenient reader leaves out what it does not know; a plan with a hole is none. */
function readOwnPlan(value: unknown): PlanStep[] | null {
  const steps = readPlan(value).map((step): PlanStep | null => {
    const resolves = step.resolves.map(findingCode).filter((each) => each !== null);
    return resolves.length < step.resolves.length ? null : { ...step, resolves };
  });
  const read = steps.filter((step) => step !== null);
  return Array.isArray(value) && read.length === value.length ? read : null;
}

function readRests(value: unknown): PublishedRests | null {
  if (!isRecord(value) || typeof value.look !== 'string') return null;
  const settings = readStamped(value.settings);
  const ledger = readAll(value.ledger, readStamped);
  return settings === null || ledger === null ? null : { look: value.look, settings, ledger };
}

function readStamped(value: unknown): Stamped | null {
  if (!isRecord(value) || typeof value.path !== 'string' || typeof value.stamp !== 'string') return null;
  return { path: value.path, stamp: value.stamp };
}

function readFact<T>(value: unknown, read: (value: unknown) => T | null): Fact<T> | null {
  if (!isRecord(value)) return null;
  if (value.known === true) {
    const held = read(value.value);
    return held === null ? null : known(held);
  }
  const code = oneOf(UNKNOWN_CODES, value.code);
  return code === null || typeof value.detail !== 'string' ? null : unknown(code, value.detail);
}

function readText(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** A list of nothing else; null: one of it cannot be read. */
function readAll<T>(value: unknown, read: (value: unknown) => T | null): T[] | null {
  if (!Array.isArray(value)) return null;
  const all = value.map(read).filter((each) => each !== null);
  return all.length < value.length ? null : all;
}

function oneOf<const T extends string>(allowed: readonly T[], value: unknown): T | null {
  return allowed.find((each) => each === value) ?? null;
}
