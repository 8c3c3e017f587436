/** Does the release have this version or a later one? null: it does not begin with a version. */
export function releaseAtLeast(release: string, major: number, minor: number): boolean | null {
  const version = /^(\d+)\.(\d+)/.exec(release);
  if (version === null) return null;
  const [its, minorOfIt] = [Number(version[1]), Number(version[2])];
  return its > major || (its === major && minorOfIt >= minor);
}
