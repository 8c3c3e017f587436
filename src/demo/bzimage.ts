const SECTOR = 512;
const SETUP_SECTORS = 4;
const VERSION_AT = 0x400;

/**
 * A bzImage: the boot sector and setup header of Documentation/arch/x86/boot.rst, the text "RELEASE (user@host)
 * UTS_VERSION" where the header points to, and `payload` (a compressed vmlinux) after the setup sectors.
 */
export function bzImage(versionText: string, payload: Uint8Array): Buffer {
  const setup = Buffer.alloc((SETUP_SECTORS + 1) * SECTOR);
  setup.writeUInt8(SETUP_SECTORS, 0x1f1);
  setup.writeUInt16LE(1, 0x1f2); // mount the root filesystem read-only first
  setup.writeUInt32LE(Math.ceil(payload.length / 16), 0x1f4);
  setup.writeUInt16LE(0xffff, 0x1fa); // video mode: normal
  setup.writeUInt16LE(0xaa55, 0x1fe);
  setup.set([0xeb, 0x6a], 0x200);
  setup.write('HdrS', 0x202, 'latin1');
  setup.writeUInt16LE(0x020f, 0x206);
  setup.writeUInt16LE(VERSION_AT - 0x200, 0x20e);
  setup.writeUInt8(1, 0x211); // loaded high: this makes it a bzImage
  setup.writeUInt32LE(0x100000, 0x214);
  setup.writeUInt32LE(0, 0x248);
  setup.writeUInt32LE(payload.length, 0x24c);
  setup.write(`${versionText}\0`, VERSION_AT, SETUP_SECTORS * SECTOR - (VERSION_AT - SECTOR), 'latin1');
  return Buffer.concat([setup, payload]);
}
