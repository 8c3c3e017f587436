import assert from 'node:assert/strict';
import { test } from 'node:test';
import { companionRelease, isImageName, isPerhapsImage } from '../../../src/system/images/image-names.ts';

test('names of images differ from those of other files beside them', () => {
  for (const name of [
    'vmlinuz',
    'vmlinuz-6.1.192-gentoo',
    'vmlinuz-6.1.192-gentoo.old',
    'kernel-6.1.192-gentoo-dist',
    'kernel-genkernel-x86_64-6.1.192-gentoo',
    'bzImage',
    'bzImage.new2',
    'kernel8.img',
    'kernel_2712.img',
    'vmlinux-6.1.192-gentoo',
  ]) {
    assert.ok(isImageName(name), name);
  }
  for (const name of [
    'vmlinuz-6.1.192-gentoo.sig',
    '.vmlinuz-6.1.192-gentoo.hmac',
    'kernel-config-6.1.192',
    'kernel.conf',
    'kernels',
    'bzImage.sha256',
    'System.map-6.1.192-gentoo',
    'config-6.1.192-gentoo',
    'initramfs-6.1.192-gentoo.img',
    'grub',
  ]) {
    assert.equal(isImageName(name), false, name);
  }
});

test('files that are certainly no kernels are not opened', () => {
  for (const name of [
    'initramfs-6.1.img',
    'intel-uc.img',
    'System.map',
    'grub',
    'loader',
    '.keep',
    'x.conf',
  ]) {
    assert.equal(isPerhapsImage(name), false, name);
  }
  for (const name of ['gentoo-6.1.192.efi', 'mykernel', '4a5f9e']) assert.ok(isPerhapsImage(name), name);
});

test('the release of a System.map or a configuration is after the first dash', () => {
  assert.equal(companionRelease('System.map-6.1.192-gentoo'), '6.1.192-gentoo');
  assert.equal(companionRelease('config-6.1.192-gentoo'), '6.1.192-gentoo');
  assert.equal(companionRelease('System.map-6.1.192-gentoo.old'), null);
  assert.equal(companionRelease('config'), null);
});
