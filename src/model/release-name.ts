/** UTS_RELEASE, with its final NUL, must fit into 65 bytes (the kernel's Makefile, uts_len). */
const LENGTH_MAX = 64;

/** The part after the version: usable as a directory's name, and without a special meaning for make and the shell. */
const LOCAL = '[\\w.+~:@=,%^-]*';
const RELEASE = new RegExp(`^\\d+\\.\\d+${LOCAL}$`);
const LOCAL_PART = new RegExp(`^${LOCAL}$`);

/**
 * Can a kernel have this release? It begins with VERSION.PATCHLEVEL of the Makefile, and has nothing that kbuild itself
 * would fail on. Any other text was not written by a build and must not be used.
 */
export function isReleaseName(text: string): boolean {
  return text.length <= LENGTH_MAX && RELEASE.test(text);
}

/** Can it be a part of one, as EXTRAVERSION? */
export function isReleasePart(text: string): boolean {
  return text.length <= LENGTH_MAX && LOCAL_PART.test(text);
}
