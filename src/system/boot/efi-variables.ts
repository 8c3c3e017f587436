import { type Fact, known, mapFact, unknown } from '../../model/fact.ts';
import type { Root } from '../root.ts';

export const EFIVARS = '/sys/firmware/efi/efivars';
/** GUIDs: variables of the firmware itself, and those of the Boot Loader Interface. */
export const GLOBAL = '8be4df61-93ca-11d2-aa0d-00e098032b8c';
export const LOADER = '4a67b082-0a4c-41cf-b6c7-440b29bb8c4f';

const VARIABLE_MAX = 64 * 1024;

/** Reads a variable from efivarfs, without the four bytes of attributes before the value. */
export function readVariable(root: Root, name: string, guid: string): Fact<Buffer> {
  const bytes = root.readBytes(`${EFIVARS}/${name}-${guid}`, VARIABLE_MAX);
  if (!bytes.known) return bytes;
  if (bytes.value.length < 4) return unknown('malformed', `the variable ${name} is too short`);
  return known(bytes.value.subarray(4));
}

/** Reads a variable that holds text: UTF-16, usually with a NUL at the end. */
export function readTextVariable(root: Root, name: string, guid: string): Fact<string> {
  return mapFact(readVariable(root, name, guid), utf16);
}

/** Decodes text up to the first NUL. */
export function utf16(bytes: Buffer): string {
  return bytes
    .subarray(0, bytes.length & ~1)
    .toString('utf16le')
    .replace(/\0.*$/s, '');
}
