import type { LoaderKind } from '../model/boot.ts';
import type { KnownBoot, NextBoot } from '../model/verdict.ts';

/** The names of loaders for people. */
export const LOADER_NAMES: Readonly<Record<LoaderKind, string>> = {
  grub: 'GRUB',
  'systemd-boot': 'systemd-boot',
  firmware: 'the firmware',
  extlinux: 'extlinux.conf',
  refind: 'rEFInd',
  'raspberry-pi': 'config.txt',
};

/** What chooses the next kernel, for a person: `GRUB's default entry`, `systemd-boot: gentoo-6.6.30.conf`. */
export function chooserOf({ by, entry }: KnownBoot): string {
  if (by === 'configured' || entry === null) return 'as configured';
  const name = LOADER_NAMES[by];
  const once = entry.by === 'one-shot' ? ', once' : '';
  switch (by) {
    case 'systemd-boot':
    case 'extlinux':
      return `${name}: ${entry.id}${once}`;
    case 'firmware':
      return `${name}: ${entry.title}${once}`;
    case 'raspberry-pi':
      return name;
    default:
      return `${name}'s ${ENTRY_WORDS[entry.by]}`;
  }
}

const ENTRY_WORDS = {
  'one-shot': 'entry for the next boot only',
  default: 'default entry',
  saved: 'saved entry',
  first: 'default entry',
} as const;

/** The predicate of a sentence about the next kernel or image. It says so where that is a guess. */
export function bootsNext({ kind }: NextBoot): string {
  return kind === 'guess' ? 'is guessed to boot next' : 'boots next';
}
