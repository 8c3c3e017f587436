import type { HookEvent, KernelInstallEvent, PortageEvent } from '../model/event.ts';

/** Begins every line that a hook leaves. A number that is not known here is of a later version. */
const FORMAT = 'aufswatch1';

/**
 * One line of the inbox: the format, then `key=value`, TAB between. In a value a TAB, a line end and `%` are written
 * `%09`, `%0A` and `%25`, so nothing in it can end a field or a line. Keys that are not known are passed over, so
 * that a newer hook and an older daemon get along.
 */
export function parseEventLine(line: string): HookEvent | null {
  const [format, ...parts] = line.split('\t');
  if (format !== FORMAT) return null;
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
    slot: fields.get('slot') ?? '',
    use: (fields.get('use') ?? '').split(/\s+/).filter((flag) => flag !== ''),
    mergeType: fields.get('merge') ?? '',
    root: fields.get('root') || '/',
    patchChange: CHANGES.find((known) => known === fields.get('change')) ?? 'none',
  };
}

function kernelInstall(fields: ReadonlyMap<string, string>, at: number): KernelInstallEvent | null {
  const release = fields.get('release') ?? '';
  if (release === '') return null;
  return {
    kind: 'kernel-install',
    at,
    by: fields.get('by') === 'kernel-install' ? 'kernel-install' : 'installkernel',
    action: fields.get('action') === 'remove' ? 'remove' : 'add',
    release,
    image: fields.get('image') ?? '',
  };
}

function decode(value: string): string {
  return value.replace(/%(09|0A|0D|25)/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
}
