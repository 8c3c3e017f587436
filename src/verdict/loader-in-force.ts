import type { LastBoot, Loader, LoaderEntry, LoaderKind } from '../model/boot.ts';
import type { BootFacts } from '../model/image.ts';

/** The boot loader that chooses the kernel, or why it is not known. */
export type InForce =
  | { readonly is: 'known'; readonly loader: Loader }
  /** None was found, or it is not known which of them it is. */
  | { readonly is: 'unknown'; readonly why: string }
  /** A loader is in force whose configuration cannot be read: then a guess is not allowed. */
  | { readonly is: 'closed'; readonly why: string };

/**
 * Which of the loaders that were found is in force: by the firmware's choice for the next boot; without one, by traces of the
 * last boot; at last, by what is on the disk.
 */
export function loaderInForce({ loaders, lastBoot, unseen }: BootFacts): InForce {
  const firmware = loaders.find(({ kind }) => kind === 'firmware');
  if (firmware !== undefined) return byFirmware(firmware, loaders, lastBoot, unseen);
  const possible = loaders.filter((loader) => couldBe(loader, lastBoot));
  const [first, ...others] = possible;
  if (first === undefined)
    return {
      is: 'unknown',
      why: loaders.length === 0 ? nothingFound(unseen) : notThoseFound(loaders, lastBoot),
    };
  const named = possible.filter((loader) => started(loader, lastBoot));
  const [only, ...more] = named;
  if (only !== undefined && more.length === 0) return { is: 'known', loader: only };
  if (others.length === 0) return { is: 'known', loader: first };
  const names = possible.map(({ config }) => config).join(' and ');
  return { is: 'unknown', why: `which of ${names} is in force is not known` };
}

function byFirmware(
  firmware: Loader,
  loaders: readonly Loader[],
  lastBoot: LastBoot,
  unseen: readonly string[],
): InForce {
  if (!firmware.next.known) return { is: 'unknown', why: firmware.next.detail };
  const id = firmware.next.value.entry;
  const entry = firmware.entries.find((candidate) => candidate.id === id);
  if (entry === undefined) return { is: 'unknown', why: `the firmware's entry ${id} cannot be read` };
  const { starts } = entry;
  if (starts.what === 'kernel') return { is: 'known', loader: firmware };
  if (starts.what === 'other') return { is: 'closed', why: `the firmware starts ${starts.name} next` };
  const kind =
    starts.what === 'loader' ? (starts.kind ?? kindOfLastBoot(id, lastBoot)) : kindOfLastBoot(id, lastBoot);
  const name = `the firmware's entry ${entry.title}`;
  if (kind === null) return { is: 'unknown', why: `${name} starts a program that is not known` };
  const found = loadersOf(entry, kind, loaders);
  const [only, ...more] = found;
  if (only === undefined) {
    const where = unseen.length === 0 ? '' : `: ${unseen.join(' and ')} is not mounted`;
    return { is: 'unknown', why: `${name} starts ${kind}, whose configuration was not found${where}` };
  }
  if (more.length === 0) return { is: 'known', loader: only };
  const named = found.filter((loader) => started(loader, lastBoot));
  if (named.length === 1 && named[0] !== undefined) return { is: 'known', loader: named[0] };
  return { is: 'unknown', why: `${name} starts ${kind}, which has more than one configuration here` };
}

/** A loader whose configuration is beside the program comes before others of its kind. */
function loadersOf({ starts }: LoaderEntry, kind: LoaderKind, loaders: readonly Loader[]): Loader[] {
  const found = loaders.filter((loader) => loader.kind === kind);
  const program = starts.what === 'loader' && starts.program.path.known ? starts.program.path.value : null;
  const beside = found.filter(
    ({ config }) => program !== null && directoryOf(config) === directoryOf(program),
  );
  return beside.length === 1 ? beside : found;
}

function directoryOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}

/** The kind of loader behind an entry, if the last boot used it. */
function kindOfLastBoot(id: string, { firmwareEntry, loader, commandLine }: LastBoot): LoaderKind | null {
  if (!firmwareEntry.known || firmwareEntry.value !== id) return null;
  if (loader.known) return kindByInfo(loader.value);
  return bootImageOf(commandLine.known ? commandLine.value : '') === null ? null : 'grub';
}

function kindByInfo(info: string): LoaderKind | null {
  if (/^systemd-boot\b/i.test(info)) return 'systemd-boot';
  if (/^grub\b/i.test(info)) return 'grub';
  return /^refind\b/i.test(info) ? 'refind' : null;
}

/** Is it possible by the traces of the last boot? */
function couldBe(loader: Loader, { uefi, commandLine, at }: LastBoot): boolean {
  if (loader.kind === 'systemd-boot' || loader.kind === 'refind') {
    if (uefi.known && !uefi.value) return false;
    return !commandLine.known || bootImageOf(commandLine.value) === null;
  }
  if (loader.kind !== 'grub' && loader.kind !== 'extlinux') return true;
  // Both write BOOT_IMAGE=; U-Boot, which reads extlinux.conf as well, does not.
  if (!commandLine.known) return true;
  const image = bootImageOf(commandLine.value);
  if (image === null) return loader.kind === 'extlinux' && !/syslinux/.test(loader.config);
  const isOlder = loader.changedAt !== null && at.known && loader.changedAt < at.value;
  return !isOlder || loader.entries.length === 0 || names(loader, image);
}

/** Do the traces of the last boot name it? */
function started(loader: Loader, { commandLine }: LastBoot): boolean {
  const image = commandLine.known ? bootImageOf(commandLine.value) : null;
  return image !== null && names(loader, image);
}

function names({ entries }: Loader, image: string): boolean {
  return entries.some(
    ({ starts }) => starts.what === 'kernel' && nameOf(starts.image.written) === nameOf(image),
  );
}

/** Only the file name: the directories depend on what is mounted where. */
function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The path after BOOT_IMAGE=, without the device that GRUB may put before it; null: there is none. */
function bootImageOf(commandLine: string): string | null {
  const value = /(?:^|\s)BOOT_IMAGE=(\S+)/.exec(commandLine)?.[1];
  return value === undefined ? null : value.replace(/^\([^)]*\)/, '');
}

function nothingFound(unseen: readonly string[]): string {
  return unseen.length === 0
    ? 'no configuration of a boot loader was found'
    : `no configuration of a boot loader was found, and ${unseen.join(' and ')} is not mounted`;
}

function notThoseFound(loaders: readonly Loader[], { commandLine }: LastBoot): string {
  const image = commandLine.known ? bootImageOf(commandLine.value) : null;
  const found = loaders.map(({ config }) => config).join(' and ');
  return image === null
    ? `the last boot was not by ${found}`
    : `the last boot started ${image}, which is not in ${found}`;
}
