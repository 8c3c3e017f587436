import type { Loader, LoaderChoice, LoaderEntry } from '../../../model/boot.ts';
import { type Fact, known, unknown, valueOr } from '../../../model/fact.ts';
import type { Root } from '../../root.ts';
import { LOADER, readTextVariable } from '../efi-variables.ts';
import { kindByContent } from '../loader-of-program.ts';
import {
  type NamedEntry,
  type Requested,
  type Selected,
  selectEntry,
  sortEntries,
  withIds,
} from './sort-entries.ts';
import { type BootEntry, keyValues, readTypeOne, readTypeTwo } from './type-entries.ts';

/**
 * systemd-boot on the EFI system partition at `esp`, with the entries of the extended boot partition (XBOOTLDR) at
 * `extended`. null: it is not installed there.
 */
export function readSystemdBoot(root: Root, esp: string, extended: string | null): Loader | null {
  if (!isInstalled(root, esp)) return null;
  const config = `${esp}/loader/loader.conf`;
  const text = root.readText(config);
  if (!text.known && text.code !== 'missing') return unread(config, text);
  const keys = new Map(keyValues(text.known ? text.value : '', /[ \t]/));
  const bases = [esp, ...(extended === null ? [] : [extended])];
  const found = bases.flatMap((base) => [...readTypeOne(root, base), ...readTypeTwo(root, base)]);
  const asked = readAsked(root, keys);
  const automatic = automaticEntries(root, esp);
  // The version tells whether ids keep the boot counter. Where it does not tell, both ways must agree.
  const ways = countersOf(root).map((counters) => sortEntries(withIds(found, counters)));
  const choose = (change: Partial<Requested>): Fact<LoaderChoice> =>
    keys.has('preferred')
      ? unknown('no-data', `what ${config} says with \`preferred\` is not followed`)
      : agreed(ways, (way) =>
          selectEntry(
            way,
            automatic.map(({ id }) => id),
            { ...asked, ...change },
          ),
        );
  return {
    kind: 'systemd-boot',
    config,
    changedAt: newestOf(root, config, found),
    entries: [...(ways[0] ?? []).map(plain), ...automatic],
    next: choose({}),
    standing: choose({ oneShot: null }),
    gaps: [],
    canSet: BOTH,
  };
}

/** By `bootctl set-oneshot` and `set-default`. */
const BOTH = { once: true, standing: true };

function unread(config: string, why: Extract<Fact<never>, { known: false }>): Loader {
  const gaps = [why.detail];
  return {
    kind: 'systemd-boot',
    config,
    changedAt: null,
    entries: [],
    next: why,
    standing: why,
    gaps,
    canSet: BOTH,
  };
}

function isInstalled(root: Root, esp: string): boolean {
  const own = root.list(`${esp}/EFI/systemd`);
  if (own.known && own.value.some((name) => /^systemd-boot.*\.efi$/i.test(name))) return true;
  if (!root.lstat(`${esp}/loader`).known && !root.lstat(`${esp}/EFI/Linux`).known) return false;
  const fallback = root.list(`${esp}/EFI/BOOT`);
  if (!fallback.known) return false;
  return fallback.value
    .filter((name) => /^BOOT.*\.EFI$/i.test(name))
    .some((name) => kindByContent(root, `${esp}/EFI/BOOT/${name}`) === 'systemd-boot');
}

/** Up to 254 the counter is part of the id; in later versions it may be or not. */
function countersOf(root: Root): readonly ('kept' | 'taken out')[] {
  const info = valueOr(readTextVariable(root, 'LoaderInfo', LOADER), '');
  const version = /^systemd-boot (\d+)/.exec(info)?.[1];
  return version !== undefined && Number(version) <= 254 ? ['kept'] : ['taken out', 'kept'];
}

function readAsked(root: Root, keys: ReadonlyMap<string, string>): Requested {
  const variable = (name: string): string | null => valueOr(readTextVariable(root, name, LOADER), null);
  return {
    oneShot: variable('LoaderEntryOneShot'),
    defaultVariable: variable('LoaderEntryDefault'),
    defaultConfigured: keys.get('default') ?? null,
    lastBooted: variable('LoaderEntryLastBooted'),
  };
}

/** The entry that both ways select. */
function agreed(
  ways: readonly (readonly NamedEntry[])[],
  select: (way: readonly NamedEntry[]) => Selected,
): Fact<LoaderChoice> {
  const files = ways.map((way) => fileOf(way, select(way)));
  const first = ways[0] === undefined ? null : select(ways[0]);
  if (first === null) return unknown('no-data', 'systemd-boot has no entry that it starts by itself');
  if (files.some((file) => file !== files[0]))
    return unknown('no-data', 'which entry comes first depends on the version of systemd-boot');
  return known({ entry: first.id, by: first.by });
}

function fileOf(way: readonly NamedEntry[], selected: Selected): string | null {
  return selected === null ? null : (way.find(({ id }) => id === selected.id)?.file ?? selected.id);
}

/** Entries that systemd-boot finds itself. They come last, and start only if something names them. */
function automaticEntries(root: Root, esp: string): LoaderEntry[] {
  const other = (id: string, title: string): LoaderEntry => ({
    id,
    title,
    starts: { what: 'other', name: title },
  });
  const windows = root.lstat(`${esp}/EFI/Microsoft/Boot/bootmgfw.efi`).known;
  return [
    ...(windows ? [other('auto-windows', 'Windows Boot Manager')] : []),
    other('auto-reboot-to-firmware-setup', 'Reboot Into Firmware Interface'),
  ];
}

function plain({ id, title, starts }: NamedEntry): LoaderEntry {
  return { id, title, starts };
}

function newestOf(root: Root, config: string, entries: readonly BootEntry[]): number | null {
  const own = root.stat(config);
  const times = [own.known ? own.value.mtime : null, ...entries.map(({ mtime }) => mtime)];
  const told = times.filter((time) => time !== null);
  return told.length === 0 ? null : Math.max(...told);
}
