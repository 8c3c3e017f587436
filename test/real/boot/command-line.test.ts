import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { known, unknown } from '../../../src/model/fact.ts';
import { newcArchive } from '../../../src/rehearsal/newc.ts';
import { readBoot } from '../../../src/system/images/read-images.ts';
import { openRoot } from '../../../src/system/root.ts';
import { nextBoot } from '../../../src/verdict/next-boot.ts';
import { UNKNOWN_IDENTITY } from '../../support/boot-facts.ts';
import { DEBIAN_KERNEL_TOOLS, debianKernel, offeredReleases } from '../../support/debian-kernels.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import { needs } from '../../support/tools.ts';
import { GRUB_TOOLS } from './grub-trial.ts';
import { outputOfGuest } from './guest.ts';

const BUSYBOX = '/bin/busybox';
const TIMEOUT = 300_000;

/** Quotes, variables and escapes, as people write them. */
const MENU = String.raw`set timeout=0
set name=value
set two="of several words"
menuentry 'Gentoo' {
  linux /boot/vmlinuz console=ttyS0 panic=-1 root=LABEL=x a="two words" 'b=say "so"' c=it\'s d=$name$name e="$two" f='$name' g=x\\y h=\ x $nothing i=$two "root=ZFS=a b/c" j=\\x20k "" l
  initrd /boot/initramfs.img
}
`;

const INIT = `#!/bin/busybox sh
/bin/busybox mount -t proc none /proc
/bin/busybox mount -t devtmpfs none /dev
/bin/busybox echo "HEARD<$(/bin/busybox cat /proc/cmdline)>" > /dev/ttyS0
/bin/busybox poweroff -f
`;

test('Linux receives the command line that was predicted for GRUB', {
  skip: needs(...GRUB_TOOLS, ...DEBIAN_KERNEL_TOOLS, 'busybox'),
}, async () => {
  const release = offeredReleases('6.1', 'cloud-amd64').at(-1);
  assert.ok(release !== undefined);
  const work = temporaryDirectory();
  const tree = join(work, 'tree');
  mkdirSync(join(tree, 'boot/grub'), { recursive: true });
  copyFileSync(debianKernel(release).image, join(tree, 'boot/vmlinuz'));
  writeFileSync(join(tree, 'boot/initramfs.img'), initramfs());
  writeFileSync(join(tree, 'boot/grub/grub.cfg'), MENU);
  const disk = join(work, 'grub.iso');
  execFileSync('grub-mkrescue', ['--locales=', '--fonts=', '--themes=', '-o', disk, tree], {
    stdio: 'pipe',
  });
  const cd = ['-drive', `file=${disk},format=raw,if=ide,media=cdrom,readonly=on`];
  const output = await outputOfGuest(cd, /HEARD<[^>]*>/, TIMEOUT);
  const received = /HEARD<BOOT_IMAGE=\/boot\/vmlinuz ([^>]*?)\s*>/.exec(output)?.[1];
  assert.equal(foretold(tree), received, output.slice(-2000));
});

function initramfs(): Buffer {
  return newcArchive([
    ...['bin', 'dev', 'proc'].map((path) => ({ path, content: null })),
    { path: 'bin/busybox', content: readFileSync(BUSYBOX), executable: true },
    { path: 'init', content: Buffer.from(INIT), executable: true },
  ]);
}

function foretold(root: string): string {
  const boot = readBoot(openRoot(root), {
    fstab: known([]),
    mounts: unknown('not-running-here', ''),
    hashImages: false,
  });
  const next = nextBoot({ boot, configured: null, selectedRelease: null, running: UNKNOWN_IDENTITY });
  assert.ok(next.kind === 'known' && next.commandLine.known, JSON.stringify(next));
  return next.commandLine.value;
}
