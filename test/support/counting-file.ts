import type { OpenFile } from '../../src/system/open-file.ts';

/** An open file with these bytes that counts the bytes that are read. */
export function countingFile(bytes: Buffer): { file: OpenFile; used: { bytes: number } } {
  const used = { bytes: 0 };
  const file: OpenFile = {
    stat: { type: 'file', size: bytes.length, mtime: 0, mode: 0o100644, owner: 0, id: '' },
    read: (offset, length) => {
      const part = bytes.subarray(offset, offset + length);
      used.bytes += part.length;
      return part;
    },
  };
  return { file, used };
}
