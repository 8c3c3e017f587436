import { mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DAY, kernelOf, OLD_SET } from '../../../src/demo/in-sync.ts';
import type { Machine } from '../../../src/demo/machine.ts';
import { moduleFile } from '../../../src/demo/module.ts';
import { zfsModule } from '../../../src/demo/out-of-tree.ts';
import { kernelImage } from '../../../src/demo/vmlinux.ts';
import { newcArchive } from '../../../src/rehearsal/newc.ts';
import { endless, NOW, notAFile } from '../../support/machines.ts';
import type { Case } from './case.ts';
import { bootedInto, IN_SYNC, MODULES, withoutRunning } from './changes.ts';

const MENU = '/boot/grub/grub.cfg';
const BLOCK = '/boot/grub/grubenv';
const INITRAMFS = '/boot/initramfs-6.1.192-gentoo.img';
const ZFS = `${MODULES}/extra/zfs.ko`;
const OLDER = 'vmlinuz-6.1.191-gentoo';

function withBoot(change: Partial<Machine['boot']>): Machine {
  return { ...IN_SYNC, boot: { ...IN_SYNC.boot, ...change } };
}

function withFiles(files: Readonly<Record<string, string>>): Machine {
  return { ...IN_SYNC, files: { ...IN_SYNC.files, ...files } };
}

const STALE_MENU = withBoot({
  menu: { images: IN_SYNC.boot.images.filter(({ name }) => name === OLDER), at: NOW },
});
const OLDER_IS_DEFAULT = withBoot({ links: { vmlinuz: OLDER } });
const ONCE =
  '# GRUB Environment Block\nnext_entry=gnulinux-advanced>gnulinux-6.1.191-gentoo-advanced\n#####\n';
const NO_LOADER = withBoot({ menu: null });

/** A menu with one entry. */
function oneEntry(image: string, words = 'root=/dev/sda3 ro', initrd = ''): string {
  return `menuentry 'Gentoo' {\n  linux ${image} ${words}\n${initrd}}\n`;
}

/** Boots a kernel of that release from the EFI system partition; the kernel in /boot has build number `number`. */
function withCopy(number: number): (root: string) => void {
  return (root) => {
    const copy = join(root, 'boot/EFI/Gentoo/kernel.efi');
    mkdirSync(dirname(copy), { recursive: true });
    writeFileSync(
      copy,
      kernelImage(kernelOf('6.1.192', number, NOW - (number === 3 ? 24 : 30) * DAY, OLD_SET)),
    );
    utimesSync(copy, (NOW - 30 * DAY) / 1000, (NOW - 30 * DAY) / 1000);
    writeFileSync(join(root, MENU), oneEntry('/EFI/Gentoo/kernel.efi'));
  };
}

/** Boots the machine with an initramfs that has these modules; 'garbage': it cannot be read. */
function withInitramfs(
  modules: (root: string) => readonly { readonly path: string; readonly data: Buffer }[] | 'garbage',
  words = 'root=/dev/sda3 ro',
): (root: string) => void {
  return (root) => {
    const found = modules(root);
    const archive =
      found === 'garbage'
        ? Buffer.from('no archive')
        : newcArchive(found.map(({ path, data }) => ({ path, content: data })));
    writeFileSync(join(root, INITRAMFS), archive);
    const initrd = '  initrd /initramfs-6.1.192-gentoo.img\n';
    writeFileSync(join(root, MENU), oneEntry('/vmlinuz-6.1.192-gentoo', words, initrd));
  };
}

const ON_DISK = (root: string) => [
  { path: ZFS.slice(1), data: readFileSync(join(root, ZFS)) },
  { path: `${MODULES.slice(1)}/extra/spl.ko`, data: readFileSync(join(root, `${MODULES}/extra/spl.ko`)) },
];
const ANOTHER_BUILD = () => [
  { path: ZFS.slice(1), data: moduleFile(zfsModule(kernelOf('6.1.192', 2, NOW - 40 * DAY, OLD_SET))) },
];
const ROOT_ON_ZFS = 'root=ZFS=rpool/ROOT/gentoo';
const GARBAGE = () => 'garbage' as const;

export const BOOT_CASES: readonly Case[] = [
  {
    code: 'kernel-not-in-menu',
    raised: { machine: STALE_MENU },
    neighbour: { machine: IN_SYNC },
    unknown: { machine: STALE_MENU, change: endless(MENU) },
  },
  {
    code: 'other-kernel-is-default',
    raised: { machine: OLDER_IS_DEFAULT },
    neighbour: { machine: IN_SYNC },
    unknown: { machine: OLDER_IS_DEFAULT, change: endless(MENU) },
  },
  {
    code: 'one-shot-boot',
    raised: { machine: withFiles({ [BLOCK]: ONCE }) },
    neighbour: { machine: withFiles({ [BLOCK]: ONCE.replace(/next_entry=.*\n/, '') }) },
    unknown: { machine: IN_SYNC, change: notAFile(BLOCK) },
  },
  {
    code: 'kernel-passed-over',
    raised: { machine: NO_LOADER, change: bootedInto(NO_LOADER, OLDER) },
    neighbour: { machine: NO_LOADER, change: bootedInto(NO_LOADER) },
    unknown: { machine: withoutRunning(NO_LOADER) },
  },
  {
    code: 'image-copy-outdated',
    raised: { machine: IN_SYNC, change: withCopy(2) },
    neighbour: { machine: IN_SYNC, change: withCopy(3) },
    unknown: { machine: NO_LOADER },
  },
  {
    code: 'initramfs-outdated',
    raised: { machine: IN_SYNC, change: withInitramfs(ANOTHER_BUILD) },
    neighbour: { machine: IN_SYNC, change: withInitramfs(ON_DISK) },
    unknown: {
      machine: IN_SYNC,
      change: withInitramfs(GARBAGE),
      shows: ({ boot }) => boot.initramfs.some(({ contents }) => !contents.known),
    },
  },
  {
    code: 'initramfs-lacks-module',
    raised: { machine: IN_SYNC, change: withInitramfs(() => [], ROOT_ON_ZFS) },
    neighbour: { machine: IN_SYNC, change: withInitramfs(ON_DISK, ROOT_ON_ZFS) },
    unknown: {
      machine: IN_SYNC,
      change: withInitramfs(GARBAGE, ROOT_ON_ZFS),
      shows: ({ boot }) => boot.initramfs.some(({ contents }) => !contents.known),
    },
  },
  {
    code: 'module-blocked',
    raised: {
      machine: withFiles({
        '/etc/modprobe.d/off.conf': 'install zfs /bin/false\n',
        '/etc/conf.d/modules': 'modules="zfs"\n',
      }),
    },
    neighbour: { machine: withFiles({ '/etc/modprobe.d/off.conf': 'install zfs /bin/false\n' }) },
    unknown: {
      machine: withFiles({ '/etc/conf.d/modules': 'modules="zfs"\n' }),
      change: notAFile('/etc/modprobe.d/off.conf'),
      shows: ({ boot }) => boot.loading.unread.includes('/etc/modprobe.d/off.conf'),
    },
  },
];
