import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { SystemdBootConfiguration } from './systemd-boot-configurations.ts';

export const SYSTEMD_BOOT = '/usr/lib/systemd/boot/efi/systemd-bootx64.efi';
export const OVMF = '/usr/share/OVMF/OVMF_CODE.fd';
export const OVMF_VARIABLES = '/usr/share/OVMF/OVMF_VARS.fd';

/**
 * Programs that stand in for kernels: GRUB, which prints from where it was started, and continues with the next disk.
 * One for entries of type 1, distinguished by their directories, and one for each unified image.
 */
export function makeTellers(directory: string): { plain: string; named(tag: string): string } {
  const make = (name: string, script: string): string => {
    const config = join(directory, `${name}.cfg`);
    writeFileSync(config, script);
    const file = join(directory, `${name}.efi`);
    const modules = [
      'serial',
      'terminal',
      'echo',
      'regexp',
      'configfile',
      'search',
      'search_fs_file',
      'test',
      'set',
    ];
    const more = ['chain', 'fat', 'part_gpt', 'boot', 'halt', 'normal'];
    const all = [...modules.filter((module) => module !== 'set'), ...more];
    execFileSync('grub-mkimage', ['-O', 'x86_64-efi', '-p', '/', '-c', config, '-o', file, ...all]);
    return file;
  };
  const start = "regexp --set=1:disk '\\((.*)\\)' $cmdpath\nset root=$disk\n";
  return {
    plain: make('plain', `regexp --set=1:tag '/([^/]*)$' $cmdpath\n${start}source ($disk)/tell.cfg\n`),
    named: (tag) => make(`named-${tag}`, `set tag=${tag}\n${start}source ($disk)/tell.cfg\n`),
  };
}

/** Writes the partition below a directory, `/efi` of a machine. */
export function layOutEsp(
  esp: string,
  { config, entries = {}, images = {} }: SystemdBootConfiguration,
  tellers: ReturnType<typeof makeTellers>,
): void {
  put(join(esp, 'EFI/BOOT/BOOTX64.EFI'), SYSTEMD_BOOT);
  put(join(esp, 'EFI/systemd/systemd-bootx64.efi'), SYSTEMD_BOOT);
  mkdirSync(join(esp, 'loader/entries'), { recursive: true });
  if (config !== undefined) writeFileSync(join(esp, 'loader/loader.conf'), config);
  for (const [name, text] of Object.entries(entries)) {
    const tag = tagOf(name);
    put(join(esp, tag, 'kernel.efi'), tellers.plain);
    const lines = `${text}\nlinux /${tag}/kernel.efi\noptions entry=${tag}\n`;
    writeFileSync(join(esp, 'loader/entries', name), lines);
  }
  for (const [name, release] of Object.entries(images)) {
    const file = join(esp, 'EFI/Linux', name);
    mkdirSync(dirname(file), { recursive: true });
    makeUki(tellers.named(tagOf(name)), file, release, tagOf(name));
  }
}

/** A name that FAT and GRUB accept unchanged. */
function tagOf(name: string): string {
  return `t${name.replace(/\.(conf|efi)$/, '').replace(/[^A-Za-z0-9]/g, '_')}`.toLowerCase();
}

function makeUki(program: string, file: string, release: string | null, tag: string): void {
  const section = (name: string, content: string | Buffer, at: string): string[] => {
    const part = `${file}.${name.slice(1)}`;
    writeFileSync(part, content);
    const flags = `${name}=data,readonly,contents`;
    return [
      ...['--add-section', `${name}=${part}`],
      ...['--change-section-vma', `${name}=${at}`, '--set-section-flags', flags],
    ];
  };
  const words = [
    ...(release === null ? [] : section('.osrel', `${release}\n`, '0x100000')),
    ...section('.cmdline', `entry=${tag}`, '0x110000'),
    ...section('.linux', Buffer.alloc(4096), '0x120000'),
  ];
  execFileSync('objcopy', [...words, program, file]);
  execFileSync('sh', ['-c', 'rm -f "$1".osrel "$1".cmdline "$1".linux', 'sh', file]);
}

function put(file: string, from: string): void {
  mkdirSync(dirname(file), { recursive: true });
  copyFileSync(from, file);
}

/** A disk with that partition; its kernels print their name and continue with the disk with the next number. */
export function makeDisk(esp: string, index: number, last: boolean): string {
  const next = [
    `search --no-floppy --file --set=root /number-${index + 1}`,
    'chainloader /EFI/BOOT/BOOTX64.EFI',
    'boot',
  ];
  writeFileSync(join(esp, `number-${index}`), '');
  const lines = [
    ...['serial --unit=0', 'terminal_output serial', `echo "TRIED ${index} entry=$tag END"`],
    ...(last ? ['echo ALL-TRIED'] : next),
  ];
  writeFileSync(join(esp, 'tell.cfg'), `${lines.join('\n')}\n`);
  const disk = `${esp}.img`;
  writeFileSync(disk, '');
  truncateSync(disk, 16 * 1024 * 1024);
  execFileSync('mformat', ['-i', disk, '::']);
  const names = execFileSync('ls', [esp], { encoding: 'utf8' }).trim().split('\n');
  execFileSync('mcopy', ['-s', '-i', disk, ...names.map((name) => join(esp, name)), '::'], {
    env: { ...process.env, MTOOLS_SKIP_CHECK: '1' },
  });
  return disk;
}

const HEADER = 60;
const VARIABLES_AT = 0x64;

/** OVMF's variable store with these variables (AUTHENTICATED_VARIABLE_HEADER of EDK II). */
export function writeVariables(
  file: string,
  variables: Readonly<Record<string, { guid: string; value: Buffer }>>,
): void {
  const store = readFileSync(OVMF_VARIABLES);
  let at = VARIABLES_AT;
  while (store.readUInt16LE(at) === 0x55aa) {
    at += HEADER + store.readUInt32LE(at + 36) + store.readUInt32LE(at + 40);
    at = (at + 3) & ~3;
  }
  for (const [name, { guid, value }] of Object.entries(variables)) {
    const text = Buffer.from(`${name}\0`, 'utf16le');
    const header = Buffer.alloc(HEADER);
    header.writeUInt16LE(0x55aa, 0);
    header.writeUInt8(0x3f, 2);
    header.writeUInt32LE(7, 4);
    header.writeUInt32LE(text.length, 36);
    header.writeUInt32LE(value.length, 40);
    guidBytes(guid).copy(header, 44);
    const record = Buffer.concat([header, text, value]);
    record.copy(store, at);
    at = (at + record.length + 3) & ~3;
  }
  writeFileSync(file, store);
}

/** The first three fields are little-endian. */
export function guidBytes(guid: string): Buffer {
  const [a = '', b = '', c = '', d = '', e = ''] = guid.split('-');
  const turned = (hex: string) => Buffer.from(hex, 'hex').reverse();
  return Buffer.concat([turned(a), turned(b), turned(c), Buffer.from(d + e, 'hex')]);
}
