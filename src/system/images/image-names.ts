/** Kernels that the firmware of a Raspberry Pi starts, by processor. */
const RASPBERRY = /^kernel(7l?|8|_2712)\.img$/;
const IMAGE = /^(vmlinu[xz]|kernel|bzImage|zImage|Image)([-_.].*)?$/;
/** Signatures, checksums, configurations, loader entries, markers, icons and unfinished files. */
const BESIDE =
  /^kernel-config|\.(sig|asc|gpg|hmac|md5|sha\d+|b2|conf|config|cfg|txt|map|img|tmp|new|part|ignore|uefibackup|png|jpe?g|icns|ico|svg|bmp)$/i;
/** Other files in /boot, which need not be opened. */
const OTHER =
  /^(\.|System\.map|config|initramfs|initrd|symvers|grub|loader$|syslinux|extlinux|lost\+found$)|\.(c32|sys|png|tga|pf2|mod|dtb|lst)$/;

/** Is it the name of a kernel image of kbuild, Gentoo's installkernel, kernel-install or genkernel? */
export function isImageName(name: string): boolean {
  return (IMAGE.test(name) && !BESIDE.test(name)) || RASPBERRY.test(name);
}

/** Could it be a kernel image with another name, as `gentoo-6.1.192.efi`, or a directory of images? */
export function isPerhapsImage(name: string): boolean {
  return !OTHER.test(name) && !BESIDE.test(name);
}

/** RELEASE of `System.map-RELEASE` and `config-RELEASE`; null: another file, or an `.old` one. */
export function companionRelease(name: string): string | null {
  const release = /^(?:System\.map|config)-(.+)$/.exec(name)?.[1];
  return release === undefined || release.endsWith('.old') ? null : release;
}
