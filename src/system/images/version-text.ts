import { isReleaseName } from '../../model/release-name.ts';

/** Release and UTS_VERSION in an image. */
export interface VersionText {
  readonly release: string;
  /** null: missing, or cut short. */
  readonly utsVersion: string | null;
}

/** utsname(2) has 64 characters for each; distributions that patch UTS_VERSION stay far below this. */
const PART_MAX = 160;
const BANNER = 'Linux version ';

/**
 * `RELEASE (user@host) #N … DATE`: arch/x86/boot/version.c. null: another form, as in other programs that boot
 * like a kernel (iPXE). A release begins with VERSION of the Makefile.
 */
export function parseHeaderVersion(text: string): VersionText | null {
  const blank = text.indexOf(' ');
  const release = blank === -1 ? text : text.slice(0, blank);
  if (!isReleaseName(release)) return null;
  const hash = text.indexOf(') #', blank);
  const utsVersion = blank === -1 || hash === -1 ? '' : text.slice(hash + 2).trimEnd();
  return { release, utsVersion: isPart(utsVersion) ? utsVersion : null };
}

/**
 * `Linux version RELEASE (user@host) (compiler, linker) #N … DATE`: linux_banner in init/version*.c. null:
 * another form, as format strings that begin alike, and the banner of the first pass of the build, which stays in the
 * kernel next to the final one (init/version.c, utsversion-tmp.h: no number after the `#`).
 */
export function parseBanner(text: string): VersionText | null {
  if (!text.startsWith(BANNER)) return null;
  const blank = text.indexOf(' ', BANNER.length);
  const hash = text.lastIndexOf(') #');
  if (blank === -1 || hash === -1 || /^\s|^$/.test(text.slice(hash + 3))) return null;
  const release = text.slice(BANNER.length, blank);
  const utsVersion = text.slice(hash + 2).trimEnd();
  return isReleaseName(release) && isPart(utsVersion) ? { release, utsVersion } : null;
}

/** Not empty, not too long, and without control characters. */
function isPart(text: string): boolean {
  if (text.length === 0 || text.length > PART_MAX) return false;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code < 0x20 || (code >= 0x7f && code < 0xa0) || code === 0xfffd) return false;
  }
  return true;
}
