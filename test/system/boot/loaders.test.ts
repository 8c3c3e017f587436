import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Loader } from '../../../src/model/boot.ts';
import { known } from '../../../src/model/fact.ts';
import { readLoaders } from '../../../src/system/boot/read-loaders.ts';
import type { FstabEntry } from '../../../src/system/fstab.ts';
import type { Mount } from '../../../src/system/mounts.ts';
import { openRoot } from '../../../src/system/root.ts';
import { smallImage } from '../../support/images.ts';
import { layOut, temporaryDirectory } from '../../support/temporary.ts';

const GLOBAL = '8be4df61-93ca-11d2-aa0d-00e098032b8c';
const VARIABLES = 'sys/firmware/efi/efivars';

test('paths of GRUB are in the file system that it found: a separate /boot, a subvolume, a data set', () => {
  for (const [mount, written] of [
    [mounted('/boot', 'ext4', '/dev/sda1'), '/vmlinuz-1'],
    [mounted('/', 'btrfs', '/dev/sda3', '/@'), '/@/boot/vmlinuz-1'],
    [mounted('/', 'zfs', 'rpool/ROOT/gentoo'), '/ROOT/gentoo@/boot/vmlinuz-1'],
    [mounted('/', 'ext4', '/dev/sda3'), '/boot/vmlinuz-1'],
  ] as const) {
    const [loader] = read(
      { 'boot/grub/grub.cfg': `menuentry a { linux ${written} x\n}\n`, 'boot/vmlinuz-1': smallImage() },
      [mounted('/', 'ext4', '/dev/sda3'), mount],
    );
    assert.deepEqual(imageIn(loader), known('/boot/vmlinuz-1'), written);
  }
});

test('an entry on the disk of another system is not taken for a file of this one', () => {
  const script = 'menuentry a {\n search --fs-uuid --set=root 1234\n linux /vmlinuz-1\n}\n';
  const files = { 'boot/grub/grub.cfg': script, 'boot/vmlinuz-1': smallImage() };
  const fstab = [listed('UUID=abcd', '/boot'), listed('UUID=ef01', '/')];
  const [loader] = read(
    files,
    [mounted('/', 'ext4', '/dev/sda3'), mounted('/boot', 'ext4', '/dev/sda1')],
    fstab,
  );
  assert.equal(imageIn(loader)?.known, false);
  const own = [listed('UUID=1234', '/boot')];
  const [same] = read(files, [mounted('/', 'ext4', '/dev/sda3'), mounted('/boot', 'ext4', '/dev/sda1')], own);
  assert.deepEqual(imageIn(same), known('/boot/vmlinuz-1'));
});

test('a command that cannot be followed is unknown, with its line', () => {
  for (const [script, line] of [
    [
      'if keystatus --shift; then\nset default=1\nfi\nmenuentry a { true; }\nmenuentry b { true; }\n',
      /line 1: .*keystatus/,
    ],
    ['blscfg\n', /has no menu entries/],
    ['menuentry a {\n', /line 1: a block without/],
    ['set default="x\n', /without its other half/],
    [
      'insmod part_gpt\nif [ "$grub_platform" = efi ]; then\nmenuentry a { true; }\nfi\nmenuentry b { true; }\n',
      /line 2: \$grub_platform/,
    ],
  ] as const) {
    const [loader] = read({ 'boot/grub/grub.cfg': script }, []);
    assert.ok(loader !== undefined && !loader.next.known, script);
    assert.match(loader.next.detail, line);
  }
});

test('the small grub.cfg of the EFI system partition leads to the one in /boot, which counts once', () => {
  const loaders = read(
    {
      'boot/grub/grub.cfg': 'menuentry a { linux /boot/vmlinuz-1\n}\n',
      'boot/vmlinuz-1': smallImage(),
      'boot/efi/EFI/gentoo/grub.cfg':
        "search --fs-uuid 77 --set=root\nset prefix=($root)'/boot/grub'\nconfigfile $prefix/grub.cfg\n",
    },
    [mounted('/', 'ext4', '/dev/sda3'), mounted('/boot/efi', 'vfat', '/dev/sda1')],
  );
  assert.deepEqual(
    loaders.map(({ kind, config }) => [kind, config]),
    [['grub', '/boot/grub/grub.cfg']],
  );
});

test('the firmware starts BootNext once, else the first entry that is active and exists', () => {
  const variables = (more: Readonly<Record<string, Buffer>>) => ({
    ...Object.fromEntries(
      Object.entries({
        BootOrder: Buffer.from([1, 0, 2, 0, 3, 0]),
        Boot0001: option('Gone', '\\EFI\\gone.efi', 1),
        Boot0002: option('Off', '\\EFI\\Gentoo\\kernel.efi', 0),
        Boot0003: option('Gentoo', '\\EFI\\Gentoo\\kernel.efi', 1, 'root=/dev/sda3 initrd=\\initramfs.img'),
        ...more,
      }).map(([name, value]) => [`${VARIABLES}/${name}-${GLOBAL}`, Buffer.concat([Buffer.alloc(4), value])]),
    ),
    'efi/EFI/Gentoo/kernel.efi': smallImage(),
    'efi/initramfs.img': 'x',
  });
  const [firmware] = read(variables({}), []);
  assert.deepEqual(firmware?.next, known({ entry: '0003', by: 'first' }));
  const target = firmware?.entries.find(({ id }) => id === '0003')?.starts;
  assert.ok(target?.what === 'kernel');
  assert.deepEqual(target.commandLine, known('root=/dev/sda3 initrd=\\initramfs.img'));
  assert.deepEqual(
    target.initrds.map(({ path }) => path),
    [known('/efi/initramfs.img')],
  );
  const [once] = read(variables({ BootNext: Buffer.from([2, 0]) }), []);
  assert.deepEqual(once?.next, known({ entry: '0002', by: 'one-shot' }));
  assert.deepEqual(once?.standing, known({ entry: '0003', by: 'first' }));
});

test('extlinux.conf: the default by name, in a menu, and after the timeout', () => {
  const labels =
    'LABEL a\n KERNEL /vmlinuz-1\n APPEND x initrd=/i\nLABEL b\n MENU LABEL The ^other\n LINUX ../vmlinuz-1\n INITRD /i,/j\n';
  for (const [head, expected] of [
    ['', 'a'],
    ['DEFAULT b\n', 'b'],
    ['UI menu.c32\nDEFAULT menu.c32\n', 'a'],
    ['default A\nONTIMEOUT b\n', 'b'],
  ] as const) {
    const files = {
      'boot/extlinux/extlinux.conf': head + labels,
      'boot/vmlinuz-1': smallImage(),
      'boot/i': '',
    };
    const [loader] = read(files, [mounted('/', 'ext4', '/dev/sda3'), mounted('/boot', 'ext4', '/dev/sda1')]);
    assert.ok(loader?.next.known);
    assert.equal(loader.next.value.entry, expected);
    assert.deepEqual(
      loader.entries.map(({ title, starts }) => [title, starts.what === 'kernel' && starts.image.path.known]),
      [
        ['a', true],
        ['The other', true],
      ],
    );
  }
});

test('config.txt of a Raspberry Pi names the kernel; otherwise the board has a default', () => {
  const files = {
    'boot/bootcode.bin': '',
    'boot/kernel8.img': 'k',
    'boot/cmdline.txt': 'root=/dev/mmcblk0p2\n',
  };
  const next = (config: string, more: Readonly<Record<string, string>> = {}) => {
    const loader = read({ ...files, ...more, 'boot/config.txt': config }, [])[0];
    return loader?.next.known ? loader.entries[0]?.title : 'unknown';
  };
  assert.equal(next('kernel=mine.img\n', { 'boot/mine.img': 'k' }), 'mine.img');
  assert.equal(next('# nothing\n'), 'kernel8.img');
  assert.equal(next('[pi4]\nkernel=four.img\n[all]\n'), 'unknown');
  assert.equal(next('', { 'boot/kernel7l.img': 'k' }), 'unknown');
});

test('systemd-boot also has the entries of a separate extended boot partition', () => {
  const entry = (version: string) =>
    `title Gentoo\nversion ${version}\nlinux /vmlinuz-${version}\noptions root=/dev/sda3\n`;
  const files = {
    'efi/EFI/systemd/systemd-bootx64.efi': 'x',
    'efi/loader/entries/gentoo-6.1.191.conf': entry('6.1.191'),
    'efi/vmlinuz-6.1.191': smallImage(),
    'boot/loader/entries/gentoo-6.1.192.conf': entry('6.1.192'),
    'boot/vmlinuz-6.1.192': smallImage(),
  };
  const esp = mounted('/efi', 'vfat', '/dev/sda1');
  const [both] = read(files, [mounted('/', 'ext4', '/dev/sda3'), esp, mounted('/boot', 'ext4', '/dev/sda2')]);
  assert.deepEqual(
    both?.entries.map(({ id }) => id).filter((id) => id.startsWith('gentoo')),
    ['gentoo-6.1.192.conf', 'gentoo-6.1.191.conf'],
  );
  assert.deepEqual(both?.next, known({ entry: 'gentoo-6.1.192.conf', by: 'first' }));
  assert.deepEqual(imageIn(both), known('/boot/vmlinuz-6.1.192'));
  // Here /boot is a directory of the root file system, which systemd-boot does not read.
  const [one] = read(files, [mounted('/', 'ext4', '/dev/sda3'), esp]);
  assert.deepEqual(one?.next, known({ entry: 'gentoo-6.1.191.conf', by: 'first' }));
});

test('rEFInd: its configured entries are known, and the kernel that it starts is not', () => {
  const [loader] = read(
    {
      'boot/efi/EFI/refind/refind_x64.efi': 'x',
      'boot/efi/EFI/refind/refind.conf':
        'timeout 20\nmenuentry "Gentoo" {\n  loader /EFI/gentoo/kernel.efi\n  initrd /EFI/gentoo/initramfs.img\n  options "root=/dev/sda3 ro"\n}\nmenuentry "Off" {\n  loader /EFI/gentoo/kernel.efi\n  disabled\n}\n',
      'boot/efi/EFI/gentoo/kernel.efi': smallImage(),
      'boot/efi/EFI/gentoo/initramfs.img': 'x',
    },
    [mounted('/', 'ext4', '/dev/sda3'), mounted('/boot/efi', 'vfat', '/dev/sda1')],
  );
  assert.equal(loader?.kind, 'refind');
  assert.equal(loader.next.known, false);
  assert.deepEqual(
    loader.entries.map(({ title }) => title),
    ['Gentoo'],
  );
  assert.deepEqual(imageIn(loader), known('/boot/efi/EFI/gentoo/kernel.efi'));
  const starts = loader.entries[0]?.starts;
  assert.ok(starts?.what === 'kernel');
  assert.deepEqual(starts.commandLine, known('root=/dev/sda3 ro'));
});

function read(
  files: Readonly<Record<string, string | Buffer>>,
  mounts: readonly Mount[],
  fstab: readonly FstabEntry[] = [],
): Loader[] {
  const directory = temporaryDirectory();
  mkdirSync(join(directory, 'boot'), { recursive: true });
  layOut(directory, files);
  const places = { mounts: known(mounts), fstab: known(fstab) };
  return readLoaders(openRoot(directory), places, ['/boot', '/efi', '/boot/efi']);
}

function imageIn(loader: Loader | undefined) {
  const starts = loader?.entries[0]?.starts;
  return starts?.what === 'kernel' ? starts.image.path : undefined;
}

function mounted(mountPoint: string, type: string, source: string, root = '/'): Mount {
  return { mountPoint, type, source, root, options: [] };
}

function listed(device: string, mountPoint: string): FstabEntry {
  return { device, mountPoint, type: 'ext4', options: [] };
}

/** EFI_LOAD_OPTION with a path and no device before it. */
function option(title: string, path: string, attributes: number, data = ''): Buffer {
  const wide = (text: string) => Buffer.from(`${text}\0`, 'utf16le');
  const node = wide(path);
  const head = Buffer.from([4, 4, (node.length + 4) & 255, (node.length + 4) >> 8]);
  const list = Buffer.concat([head, node, Buffer.from([0x7f, 0xff, 4, 0])]);
  const start = Buffer.alloc(6);
  start.writeUInt32LE(attributes, 0);
  start.writeUInt16LE(list.length, 4);
  return Buffer.concat([start, wide(title), list, data === '' ? Buffer.alloc(0) : wide(data)]);
}
