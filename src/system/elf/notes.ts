const HEADER = 12;
const NT_GNU_BUILD_ID = 3; // elf.h
/** ld's longest built-in style has 20 bytes; `--build-id=0x…` accepts more. */
const ID_BYTES_MAX = 64;

/**
 * Finds the GNU build ID, in hex, in a sequence of ELF notes: a `.note*` section, /sys/kernel/notes, or
 * /sys/module/NAME/notes/.note.gnu.build-id. null: there is none, or the notes are damaged before it.
 *
 * A note is namesz, descsz, type (32 bits each, in the file's byte order), name, desc; name and desc are each
 * padded to 4 bytes (gabi, "Note Section"). The kernel puts other notes (Linux, Xen) before it.
 */
export function buildIdOf(notes: Buffer, littleEndian: boolean): string | null {
  let at = 0;
  while (at + HEADER <= notes.length) {
    const nameSize = word(notes, at, littleEndian);
    const descSize = word(notes, at + 4, littleEndian);
    const type = word(notes, at + 8, littleEndian);
    const name = at + HEADER;
    const desc = name + padded(nameSize);
    const end = desc + descSize;
    if (end > notes.length) return null;
    if (type === NT_GNU_BUILD_ID && nameSize === 4 && notes.toString('latin1', name, name + 4) === 'GNU\0') {
      return descSize > 0 && descSize <= ID_BYTES_MAX ? notes.toString('hex', desc, end) : null;
    }
    at = desc + padded(descSize);
  }
  return null;
}

function word(bytes: Buffer, at: number, littleEndian: boolean): number {
  return littleEndian ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at);
}

function padded(size: number): number {
  return Math.ceil(size / 4) * 4;
}
