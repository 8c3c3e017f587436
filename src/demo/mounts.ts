/** A mounted file system. */
export interface MountedFilesystem {
  readonly source: string;
  readonly point: string;
  readonly type: string;
  readonly options: string;
}

/** /proc/self/mountinfo; proc(5). Blanks in names are written as \040. */
export function mountinfoText(mounts: readonly MountedFilesystem[]): string {
  return mounts
    .map(({ source, point, type, options }, at) => {
      const id = 20 + at;
      return `${id} 1 0:${id} / ${escaped(point)} rw,relatime shared:${at + 1} - ${type} ${escaped(source)} ${options}\n`;
    })
    .join('');
}

/** /proc/self/mounts. */
export function mountsText(mounts: readonly MountedFilesystem[]): string {
  return mounts
    .map(
      ({ source, point, type, options }) => `${escaped(source)} ${escaped(point)} ${type} ${options} 0 0\n`,
    )
    .join('');
}

function escaped(text: string): string {
  return text
    .replaceAll('\\', '\\134')
    .replaceAll(' ', '\\040')
    .replaceAll('\t', '\\011')
    .replaceAll('\n', '\\012');
}
