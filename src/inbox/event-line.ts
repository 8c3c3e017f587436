import type { HookEvent, KernelInstallEvent, PortageEvent } from '../model/event.ts';

/** The start of a line, with the version of its form. A higher number is of a later version of aufswatch. */
const FORMAT = /^aufswatch([12])\t/;
/** The end of a line of the second form: the number of bytes before it. */
const END = /\tend=(\d{1,5})$/;

/**
 * Parses one line of the inbox; null: it is no event. The line has its form, then `key=value`, separated by TABs. In a
 * value a TAB, a line end and `%` are written `%09`, `%0A` and `%25`, so that it cannot end a field or a line. Unknown keys
 * are skipped, so a newer hook works with an older daemon. The first form, of older hooks, has no `end`.
 */
export function parseEventLine(line: string): HookEvent | null {
  const version = FORMAT.exec(line)?.[1];
  if (version === undefined || (version === '2' && !isWhole(line))) return null;
  const [, ...parts] = line.split('\t');
  const fields = new Map<string, string>();
  for (const part of parts) {
    const at = part.indexOf('=');
    if (at > 0) fields.set(part.slice(0, at), decode(part.slice(at + 1)));
  }
  const seconds = fields.get('at') ?? '';
  if (!/^\d{1,12}(\.\d{1,9})?$/.test(seconds)) return null;
  const at = Math.round(Number(seconds) * 1000);
  return fields.get('kind') === 'kernel-install' ? kernelInstall(fields, at) : portage(fields, at);
}

/** Is this all that the hook wrote? A full disk or a power cut leaves only the beginning. */
function isWhole(line: string): boolean {
  const end = END.exec(line);
  return end !== null && Number(end[1]) === Buffer.byteLength(line.slice(0, end.index));
}

const PHASES = ['setup', 'postinst', 'prerm', 'postrm'] as const;
const CHANGES = ['patched', 'unpatched', 'changed', 'none'] as const;

function portage(fields: ReadonlyMap<string, string>, at: number): PortageEvent | null {
  const phase = PHASES.find((known) => known === fields.get('phase'));
  const category = fields.get('category') ?? '';
  const pf = fields.get('pf') ?? '';
  if (fields.get('kind') !== 'portage' || phase === undefined || category === '' || pf === '') return null;
  return {
    kind: 'portage',
    at,
    phase,
    category,
    pf,
    root: fields.get('root') || '/',
    patchChange: CHANGES.find((known) => known === fields.get('change')) ?? 'none',
    ...identityIn(fields),
    ...(fields.get('by') ? { replacedBy: fields.get('by') ?? '' } : {}),
  };
}

/** What distinguishes this merge from others, and which versions it replaces. */
function identityIn(
  fields: ReadonlyMap<string, string>,
): Pick<PortageEvent, 'counter' | 'buildTime' | 'replacing'> {
  const counter = wholeNumber(fields.get('counter'));
  const built = wholeNumber(fields.get('build_time'));
  const replacing = (fields.get('replacing') ?? '').split(/\s+/).filter((version) => version !== '');
  return {
    ...(replacing.length === 0 ? {} : { replacing }),
    ...(counter === null ? {} : { counter }),
    ...(built === null ? {} : { buildTime: built * 1000 }),
  };
}

function wholeNumber(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,12}$/.test(text) ? Number(text) : null;
}

function kernelInstall(fields: ReadonlyMap<string, string>, at: number): KernelInstallEvent | null {
  const release = fields.get('release') ?? '';
  if (release === '') return null;
  return {
    kind: 'kernel-install',
    at,
    by: fields.get('by') === 'kernel-install' ? 'kernel-install' : 'installkernel',
    release,
  };
}

function decode(value: string): string {
  return value.replace(/%(09|0A|0D|25)/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
}
