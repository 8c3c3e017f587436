import type { ByteSource } from '../bytes.ts';
import { parseHeaderVersion, type VersionText } from './version-text.ts';

const HEADER_END = 0x210;
const VERSION_MAX = 512;
/** Before protocol 2.00 there is no pointer to the version (Documentation/arch/x86/boot.rst). */
const PROTOCOL_MIN = 0x200;

/** Is it an x86 boot image: boot sector signature, and `HdrS` at 0x202? */
export function isBzImage(head: Buffer): boolean {
  return (
    head.length >= HEADER_END &&
    head.readUInt16LE(0x1fe) === 0xaa55 &&
    head.toString('latin1', 0x202, 0x206) === 'HdrS'
  );
}

/**
 * The version text of an x86 boot image; its offset in the file is the u16 at 0x20E plus 0x200. null: another file, or
 * no text in it.
 */
export function readBzImageVersion(source: ByteSource): VersionText | null {
  const head = source.read(0, HEADER_END);
  if (!isBzImage(head) || head.readUInt16LE(0x206) < PROTOCOL_MIN) return null;
  const pointer = head.readUInt16LE(0x20e);
  if (pointer === 0) return null;
  const bytes = source.read(pointer + 0x200, VERSION_MAX);
  const end = bytes.indexOf(0);
  return end <= 0 ? null : parseHeaderVersion(bytes.toString('utf8', 0, end));
}
