import { type Fact, known, mapFact, unknown } from '../../model/fact.ts';
import type { Root } from '../root.ts';

const VARIABLE = '/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c';

/** Does the firmware require signed boot programs? The variable has four bytes of attributes, then the value. */
export function readSecureBoot(root: Root): Fact<boolean> {
  const bytes = root.readBytes(VARIABLE, 64);
  if (bytes.known) return mapFact(bytes, (content) => content[4] === 1);
  if (bytes.code !== 'missing') return bytes;
  // After a boot by BIOS the directory does not exist; without efivarfs it is empty.
  if (root.lstat('/sys/firmware').known && !root.lstat('/sys/firmware/efi').known) return known(false);
  return unknown('no-data', 'the firmware does not tell whether Secure Boot is on');
}
