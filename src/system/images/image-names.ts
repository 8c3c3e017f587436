/** What the firmware of a Raspberry Pi starts, by its processor. */
const RASPBERRY = /^kernel(7l?|8|_2712)\.img$/;
const IMAGE = /^(vmlinu[xz]|kernel|bzImage|zImage|Image)([-_.].*)?$/;
/** Signatures, checksums, configurations, loader entries, markers, icons and what is being written. */
const BESIDE =
  /^kernel-config|\.(sig|asc|gpg|hmac|md5|sha\d+|b2|conf|config|cfg|txt|map|img|tmp|new|part|ignore|uefibackup|png|jpe?g|icns|ico|svg|bmp)$/i;
/** What else lies in /boot and needs no look into it. */
const OTHER =
  /^(\.|System\.map|config|initramfs|initrd|symvers|grub|loader$|syslinux|extlinux|lost\+found$)|\.(c32|sys|png|tga|pf2|mod|dtb|lst)$/;

/** Is it a kernel image by its name: kbuild's, Gentoo's installkernel, kernel-install, genkernel? */
export function isImageName(name: string): boolean {
  return (IMAGE.test(name) && !BESIDE.test(name)) || RASPBERRY.test(name);
}

/** Could it be one by another name, as `gentoo-6.1.192.efi`, or a directory that holds some? */
export function isPerhapsImage(name: string): boolean {
  return !OTHER.test(name) && !BESIDE.test(name);
}

/** RELEASE of `System.map-RELEASE` and `config-RELEASE`; null: another file, or the older one of two. */
export function companionRelease(name: string): string | null {
  const release = /^(?:System\.map|config)-(.+)$/.exec(name)?.[1];
  return release === undefined || release.endsWith('.old') ? null : release;
}
