import type { EntryTarget, Loader, LoaderChoice, LoaderEntry, LoaderFile } from '../../model/boot.ts';
import { type Fact, known, unknown } from '../../model/fact.ts';
import type { Root } from '../root.ts';
import { EFIVARS, GLOBAL, readVariable } from './efi-variables.ts';
import { type LoadOption, parseLoadOption } from './load-option.ts';
import { loaderOfProgram } from './loader-of-program.ts';
import { type FilesystemName, fileOnFilesystem, type Places } from './places.ts';

const ENTRIES_MAX = 64;

interface FirmwareEntry {
  readonly id: string;
  readonly option: LoadOption;
  readonly entry: LoaderEntry;
  /** Is its program missing? */
  readonly isGone: boolean;
}

/**
 * The boot manager of UEFI, from its variables: it starts BootNext once, else the first of BootOrder that is active and
 * whose program exists. null: this machine has no UEFI, or efivarfs does not show its variables.
 */
export function readFirmware(root: Root, places: Places): Loader | null {
  const order = readVariable(root, 'BootOrder', GLOBAL);
  if (!order.known) return null;
  const once = numberIn(readVariable(root, 'BootNext', GLOBAL));
  const current = numberIn(readVariable(root, 'BootCurrent', GLOBAL));
  const numbers = numbersIn(order.value).slice(0, ENTRIES_MAX);
  const all = [...new Set([...(once === null ? [] : [once]), ...numbers])];
  const entries = all.flatMap((id) => readEntry(root, places, id));
  const standing = chooseInOrder(numbers, entries, current);
  const isThere = once !== null && entries.some(({ id }) => id === once);
  return {
    kind: 'firmware',
    config: EFIVARS,
    // efivarfs gives every file the time of the boot.
    changedAt: null,
    entries: entries.map(({ entry }) => entry),
    next: isThere ? known({ entry: once, by: 'one-shot' }) : standing,
    standing,
    gaps: [],
    canSet: { once: true, standing: false },
  };
}

/**
 * The first option of BootOrder that starts. An option without a file, as the network, is skipped if the last boot
 * skipped it.
 */
function chooseInOrder(
  order: readonly string[],
  entries: readonly FirmwareEntry[],
  current: string | null,
): Fact<LoaderChoice> {
  for (const [index, id] of order.entries()) {
    const found = entries.find((entry) => entry.id === id);
    if (found === undefined || !found.option.active || found.isGone) continue;
    const passedOver = current !== null && order.indexOf(current) > index && found.option.file === null;
    if (!passedOver) return known({ entry: id, by: index === 0 ? 'default' : 'first' });
  }
  return unknown('no-data', 'the firmware has no entry that it can start');
}

function readEntry(root: Root, places: Places, id: string): FirmwareEntry[] {
  const bytes = readVariable(root, `Boot${id}`, GLOBAL);
  const option = bytes.known ? parseLoadOption(bytes.value) : null;
  if (option === null) return [];
  const program = programOf(root, places, option);
  const starts = targetOf(root, places, option, program);
  const isGone = program !== null && !program.path.known && program.path.code === 'missing';
  return [{ id, option, entry: { id, title: option.description, starts }, isGone }];
}

/** null: the option names no file. A partition alone means its fallback program, whose name depends on the processor. */
function programOf(root: Root, places: Places, option: LoadOption): LoaderFile | null {
  const file = option.file ?? (option.partition === null ? null : '/EFI/BOOT/BOOTX64.EFI');
  if (file === null) return null;
  return {
    written: file.replaceAll('/', '\\'),
    path: fileOnFilesystem(root, places, filesystemOf(option), file),
  };
}

function filesystemOf({ partition }: LoadOption): FilesystemName {
  return partition === null ? { of: 'nothing' } : { of: 'partuuid', value: partition };
}

function targetOf(root: Root, places: Places, option: LoadOption, program: LoaderFile | null): EntryTarget {
  if (program === null) return { what: 'other', name: option.description };
  const target = loaderOfProgram(root, program);
  if (target.what !== 'kernel') return target;
  const initrds = initrdsOf(option.data).map((path) => ({
    written: path,
    path: fileOnFilesystem(root, places, filesystemOf(option), path.replaceAll('\\', '/')),
  }));
  return { ...target, commandLine: known(option.data), initrds };
}

/** A kernel that the firmware starts loads the files of `initrd=` from its own partition. */
function initrdsOf(commandLine: string): string[] {
  return [...commandLine.matchAll(/(?:^|\s)initrd=(\S+)/g)].flatMap((match) => match[1] ?? []);
}

function numberIn(bytes: Fact<Buffer>): string | null {
  return bytes.known ? (numbersIn(bytes.value)[0] ?? null) : null;
}

function numbersIn(bytes: Buffer): string[] {
  const found: string[] = [];
  for (let at = 0; at + 1 < bytes.length; at += 2) {
    found.push(bytes.readUInt16LE(at).toString(16).toUpperCase().padStart(4, '0'));
  }
  return found;
}
