/** A file or directory of an archive. */
export interface ArchiveEntry {
  /** Without a leading slash. */
  readonly path: string;
  /** null: a directory. */
  readonly content: Buffer | null;
  readonly executable?: boolean;
}

/**
 * A cpio archive in the format "newc", which every kernel with BLK_DEV_INITRD can unpack
 * (Documentation/driver-api/early-userspace/buffer-format.rst).
 */
export function newcArchive(entries: readonly ArchiveEntry[]): Buffer {
  const parts = entries.flatMap((entry, index) => recordOf(entry, index + 1));
  return Buffer.concat([...parts, ...recordOf({ path: 'TRAILER!!!', content: Buffer.alloc(0) }, 0)]);
}

const DIRECTORY = 0o040755;
const FILE = 0o100644;
const PROGRAM = 0o100755;

function recordOf({ path, content, executable = false }: ArchiveEntry, inode: number): Buffer[] {
  const name = Buffer.from(`${path}\0`);
  const size = content?.length ?? 0;
  const mode = inode === 0 ? 0 : content === null ? DIRECTORY : executable ? PROGRAM : FILE;
  // ino, mode, uid, gid, nlink, mtime, filesize, dev (2 fields), rdev (2 fields), namesize, check.
  const fields = [inode, mode, 0, 0, 1, 0, size, 0, 0, 0, 0, name.length, 0];
  const head = `070701${fields.map((field) => field.toString(16).padStart(8, '0')).join('')}`;
  return [
    padded(Buffer.concat([Buffer.from(head, 'latin1'), name])),
    ...(content === null ? [] : [content, padding(size)]),
  ];
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, padding(bytes.length)]);
}

/** Headers and contents are aligned to 4 bytes. */
function padding(length: number): Buffer {
  return Buffer.alloc((4 - (length % 4)) % 4);
}
