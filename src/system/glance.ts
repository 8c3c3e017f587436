import { closeSync, openSync, readSync } from 'node:fs';
import { type Bound, openHeld, READ_ONLY } from './open-regular.ts';
import { errorCode } from './system-error.ts';

/** The bytes of a small file as Latin-1. MISSING: it does not exist. UNCLEAR: read it as any other file. */
export type Glance = string | typeof MISSING | typeof UNCLEAR;
export const MISSING = Symbol('missing');
export const UNCLEAR = Symbol('unclear');

/** A file that fills it is UNCLEAR. */
const BUFFER = Buffer.allocUnsafeSlow(4096);

/**
 * Reads a small file of the host quickly. `bound` null: nobody else can replace the file, so it is opened without a
 * check of its type; this saves two thousand packages an fstat each. Otherwise it is held first (O_PATH) and opened only
 * if it is a regular file, so that no device is opened. Where the path leads is not checked: the caller must not let the
 * content leave the program.
 */
export function glanceAt(host: string, bound: Bound | null): Glance {
  let fd: number;
  try {
    const opened = bound === null ? openSync(host, READ_ONLY) : openHeld(host);
    if (typeof opened !== 'number') return UNCLEAR;
    fd = opened;
  } catch (error) {
    return errorCode(error) === 'ENOENT' ? MISSING : UNCLEAR;
  }
  try {
    const length = readSync(fd, BUFFER, 0, BUFFER.length, 0);
    return length === BUFFER.length ? UNCLEAR : BUFFER.toString('latin1', 0, length);
  } catch {
    return UNCLEAR;
  } finally {
    closeSync(fd);
  }
}
