import { type Unknown, type UnknownCode, unknown } from '../model/fact.ts';

/** The operating system's code of an error (`ENOENT`); null: another error. Node's own codes are `ERR_…`. */
export function errorCode(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return null;
  return /^E[A-Z0-9]+$/.test(error.code) ? error.code : null;
}

/** The Unknown for a file that an error of the operating system made unreadable. `code`: from errorCode(). */
export function unknownByError(file: string, code: string): Unknown {
  return unknown(CODES[code] ?? 'io', `${file}: ${REASONS[code] ?? code}`);
}

const CODES: Readonly<Record<string, UnknownCode>> = {
  ENOENT: 'missing',
  ENOTDIR: 'missing',
  EACCES: 'denied',
  EPERM: 'denied',
  ELOOP: 'bad-link',
  EISDIR: 'wrong-type',
  ENXIO: 'wrong-type',
  ENAMETOOLONG: 'malformed',
};

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or directory',
  ENOTDIR: 'a part of the path is not a directory',
  EACCES: 'permission denied',
  EPERM: 'not permitted',
  ELOOP: 'too many symlinks',
  EISDIR: 'is a directory',
  ENXIO: 'is not a regular file',
};
