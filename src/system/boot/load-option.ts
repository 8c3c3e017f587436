import { utf16 } from './efi-variables.ts';

/** A variable Boot#### of the firmware (EFI_LOAD_OPTION, UEFI specification 3.1.3). */
export interface LoadOption {
  readonly active: boolean;
  readonly description: string;
  /** The program, with `/` for `\`; null: the device path names no file. */
  readonly file: string | null;
  /** GUID of the partition that holds it; null: it names none. */
  readonly partition: string | null;
  /** The arguments of the program; for a kernel its command line. */
  readonly data: string;
}

const ACTIVE = 1;
const MEDIA = 4;
const HARD_DRIVE = 1;
const FILE_PATH = 4;
const END = 0x7f;
const GUID_SIGNATURE = 2;

/** Parses a load option; null: the bytes are none. */
export function parseLoadOption(bytes: Buffer): LoadOption | null {
  if (bytes.length < 8) return null;
  const pathLength = bytes.readUInt16LE(4);
  let at = 6;
  while (at + 1 < bytes.length && bytes.readUInt16LE(at) !== 0) at += 2;
  const description = utf16(bytes.subarray(6, at));
  const pathAt = at + 2;
  if (pathAt + pathLength > bytes.length) return null;
  return {
    active: (bytes.readUInt32LE(0) & ACTIVE) !== 0,
    description,
    ...readPath(bytes.subarray(pathAt, pathAt + pathLength)),
    data: textOf(bytes.subarray(pathAt + pathLength)),
  };
}

function readPath(bytes: Buffer): Pick<LoadOption, 'file' | 'partition'> {
  let file: string | null = null;
  let partition: string | null = null;
  for (let at = 0; at + 4 <= bytes.length; ) {
    const [type, subtype, length] = [
      bytes.readUInt8(at),
      bytes.readUInt8(at + 1),
      bytes.readUInt16LE(at + 2),
    ];
    if (type === END || length < 4 || at + length > bytes.length) break;
    const node = bytes.subarray(at + 4, at + length);
    if (type === MEDIA && subtype === FILE_PATH) file = `${file ?? ''}/${utf16(node)}`;
    if (
      type === MEDIA &&
      subtype === HARD_DRIVE &&
      node.length >= 38 &&
      node.readUInt8(37) === GUID_SIGNATURE
    )
      partition = guidOf(node.subarray(20, 36));
    at += length;
  }
  return { file: file === null ? null : file.replaceAll('\\', '/').replace(/\/{2,}/g, '/'), partition };
}

/** The first three fields are little-endian. */
function guidOf(bytes: Buffer): string {
  const hex = (part: Buffer) => part.toString('hex');
  const turned = (from: number, to: number) => hex(Buffer.from(bytes.subarray(from, to)).reverse());
  return [turned(0, 4), turned(4, 6), turned(6, 8), hex(bytes.subarray(8, 10)), hex(bytes.subarray(10))].join(
    '-',
  );
}

/** efibootmgr writes UTF-16 with `--unicode`, plain bytes without. */
function textOf(bytes: Buffer): string {
  const wide = bytes.length >= 2 && bytes.every((byte, index) => index % 2 === 0 || byte === 0);
  return (wide ? utf16(bytes) : bytes.toString('latin1').replace(/\0.*$/s, '')).trim();
}
