import { bzImage } from '../../src/demo/bzimage.ts';

export const RELEASE = '6.1.192-gentoo';
export const UTS_VERSION = '#3 SMP PREEMPT_DYNAMIC Mon Nov 23 02:40:58 UTC 2026';

/** A small bzImage with RELEASE and UTS_VERSION, or with the given text. */
export function smallImage(release = RELEASE, utsVersion = UTS_VERSION): Buffer {
  return bzImage(`${release} (root@gentoo) ${utsVersion}`, Buffer.alloc(64, 0xaa));
}

export function banner(release = RELEASE, utsVersion = UTS_VERSION): string {
  return `Linux version ${release} (root@gentoo) (gcc (Gentoo 13.2.1) 13.2.1, GNU ld (Gentoo 2.41) 2.41) ${utsVersion}\n`;
}

/** A PE file (EFI program) with these sections one after another. */
export function peFile(sections: Readonly<Record<string, Uint8Array>>): Buffer {
  const names = Object.keys(sections);
  const head = Buffer.alloc(0x58 + names.length * 40);
  head.write('MZ', 0, 'latin1');
  head.writeUInt32LE(0x40, 0x3c);
  head.write('PE\0\0', 0x40, 'latin1');
  head.writeUInt16LE(names.length, 0x46);
  const parts: Uint8Array[] = [head];
  let at = head.length;
  names.forEach((name, index) => {
    const bytes = sections[name] ?? Buffer.alloc(0);
    const entry = 0x58 + index * 40;
    head.write(name, entry, 8, 'latin1');
    head.writeUInt32LE(bytes.length, entry + 8);
    head.writeUInt32LE(bytes.length, entry + 16);
    head.writeUInt32LE(at, entry + 20);
    parts.push(bytes);
    at += bytes.length;
  });
  return Buffer.concat(parts);
}
