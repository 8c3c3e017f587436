import { createHash } from 'node:crypto';

/** 40 hex digits that depend on the value only: a stand-in for a build ID. */
export function hexOf(value: unknown): string {
  return createHash('sha1').update(JSON.stringify(value)).digest('hex');
}

/** A 32-bit number that depends on the text only and is never 0: a stand-in for a symbol's CRC. */
export function crcOf(text: string): number {
  return (createHash('sha1').update(text).digest().readUInt32LE(0) | 1) >>> 0;
}

/** MD5 as in CONTENTS of the installed-package database, hex. */
export function md5Of(bytes: string | Uint8Array): string {
  return createHash('md5').update(bytes).digest('hex');
}
