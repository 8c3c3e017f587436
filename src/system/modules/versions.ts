import { stringAt, viewOf } from '../elf/sections.ts';

/**
 * The version table `__versions`: records of 64 bytes, an unsigned long with the CRC and a NUL-terminated name
 * (struct modversion_info in include/linux/module.h). Of a name that occurs twice the kernel uses the first.
 */
export function parseVersions(section: Buffer, bits: 32 | 64, little: boolean): Map<string, number> {
  const versions = new Map<string, number>();
  const view = viewOf(section, bits, little);
  const nameAt = bits === 64 ? 8 : 4;
  for (let at = 0; at + 64 <= section.length; at += 64) {
    const name = stringAt(section.subarray(at, at + 64), nameAt);
    // A 64-bit record has the CRC in an unsigned long. The kernel compares the low 32 bits.
    const crc = bits === 64 ? view.word(little ? at : at + 4) : view.word(at);
    if (name !== '' && !versions.has(name)) versions.set(name, crc);
  }
  return versions;
}

/** The extended form (6.14 on): CRCs of 32 bits in one section, NUL-separated names in another. */
export function parseExtendedVersions(crcs: Buffer, names: Buffer, little: boolean): Map<string, number> {
  const versions = new Map<string, number>();
  const view = viewOf(crcs, 32, little);
  let nameAt = 0;
  for (let at = 0; at + 4 <= crcs.length && nameAt < names.length; at += 4) {
    const name = stringAt(names, nameAt);
    nameAt += name.length + 1;
    if (name !== '' && !versions.has(name)) versions.set(name, view.word(at));
  }
  return versions;
}
