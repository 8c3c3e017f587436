/** UTS_RELEASE, with its final NUL, must fit into 65 bytes (the kernel's Makefile, uts_len). */
const LENGTH_MAX = 64;

/** What comes behind the version: a word that can be a directory's name and that make and a shell leave as it is. */
const LOCAL = '[\\w.+~:@=,%^-]*';
const RELEASE = new RegExp(`^\\d+\\.\\d+${LOCAL}$`);
const LOCAL_PART = new RegExp(`^${LOCAL}$`);

/**
 * Can a kernel have this release? It begins with VERSION.PATCHLEVEL of the Makefile, and holds nothing on which kbuild
 * itself would fail. What is something else, was not written by a build, and is not to be told further.
 */
export function isReleaseName(text: string): boolean {
  return text.length <= LENGTH_MAX && RELEASE.test(text);
}

/** Can it be a part of one, as EXTRAVERSION? */
export function isReleasePart(text: string): boolean {
  return text.length <= LENGTH_MAX && LOCAL_PART.test(text);
}
