const NT_GNU_BUILD_ID = 3;
const LINUX_ELFNOTE_BUILD_SALT = 0x100;

/** The notes of a kernel or a module. The GNU build ID comes after another note, as in a real vmlinux. */
export function kernelNotes(buildId: string): Buffer {
  return Buffer.concat([note('Linux', LINUX_ELFNOTE_BUILD_SALT, Buffer.from('\0')), buildIdNote(buildId)]);
}

/** The one note of `.note.gnu.build-id`. `buildId` is hex. */
export function buildIdNote(buildId: string): Buffer {
  return note('GNU', NT_GNU_BUILD_ID, Buffer.from(buildId, 'hex'));
}

function note(name: string, type: number, description: Uint8Array): Buffer {
  const header = Buffer.alloc(12);
  header.writeUInt32LE(name.length + 1, 0);
  header.writeUInt32LE(description.length, 4);
  header.writeUInt32LE(type, 8);
  return Buffer.concat([header, padded(Buffer.from(`${name}\0`)), padded(description)]);
}

function padded(bytes: Uint8Array): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
}
