import { byVersion } from '../model/version-order.ts';
import { type Build, releaseOf } from './kernel.ts';

interface Menu {
  readonly images: readonly { readonly name: string; readonly kernel: Build }[];
  readonly links: Readonly<Record<string, string>>;
}

/**
 * A menu as grub-mkconfig writes it: the newest kernel first, and all of them in a submenu. If a symlink names the
 * usual kernel, that one is the default.
 */
export function grubMenu({ images, links }: Menu, prefix: string): string {
  const newestFirst = images.toSorted(
    (a, b) =>
      byVersion(releaseOf(b.kernel), releaseOf(a.kernel)) ||
      Number(a.name.endsWith('.old')) - Number(b.name.endsWith('.old')),
  );
  const listed = newestFirst.filter(({ name }) => /^(?:vmlinuz|kernel)-/.test(name));
  const entries = listed.map(({ name }) => {
    const version = name.replace(/^[a-z]+-/, '');
    return [
      `  menuentry 'Gentoo GNU/Linux, with Linux ${version}' --class gentoo $menuentry_id_option '${idOf(name)}' {`,
      ...bodyOf(`${prefix}/${name}`).map((line) => `  ${line}`),
      '  }',
    ].join('\n');
  });
  const [first] = listed;
  const simple =
    first === undefined
      ? []
      : [
          "menuentry 'Gentoo GNU/Linux' --class gentoo $menuentry_id_option 'gnulinux-simple' {",
          ...bodyOf(`${prefix}/${first.name}`),
          '}',
        ];
  const usual = listed.find(({ name }) => name === links.vmlinuz);
  const otherwise = usual === undefined ? '0' : `gnulinux-advanced>${idOf(usual.name)}`;
  return `${[
    ...HEADER,
    `  set default="${otherwise}"`,
    'fi',
    ...FUNCTIONS,
    ...simple,
    "submenu 'Advanced options for Gentoo GNU/Linux' $menuentry_id_option 'gnulinux-advanced' {",
    ...entries,
    '}',
  ].join('\n')}\n`;
}

const HEADER = [
  'if [ -s $prefix/grubenv ]; then',
  '  load_env',
  'fi',
  'if [ "$next_entry" ] ; then',
  '  set default="$next_entry"',
  '  set next_entry=',
  '  save_env next_entry',
  'else',
];

const FUNCTIONS = [
  'if [ x$feature_menuentry_id = xy ]; then',
  '  menuentry_id_option="--id"',
  'else',
  '  menuentry_id_option=""',
  'fi',
  'export menuentry_id_option',
  'function load_video {',
  '  if [ x$feature_all_video_module = xy ]; then',
  '    insmod all_video',
  '  else',
  '    insmod efi_gop',
  '  fi',
  '}',
  'if loadfont unicode ; then',
  '  set gfxmode=auto',
  '  load_video',
  'fi',
  'set timeout=5',
];

/** As 10_linux writes it, but without `search`: the demonstration has no UUIDs of file systems. */
function bodyOf(image: string): string[] {
  return [
    '  load_video',
    '  if [ "x$grub_platform" = xefi ]; then',
    '    set gfxpayload=keep',
    '  fi',
    '  insmod gzio',
    "  echo 'Loading Linux ...'",
    `  linux ${image} root=/dev/sda3 ro quiet`,
  ];
}

function idOf(name: string): string {
  return `gnulinux-${name.replace(/^[a-z]+-/, '')}-advanced`;
}
