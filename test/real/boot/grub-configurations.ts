/** A grub.cfg, and the contents of its environment block. */
export interface GrubConfiguration {
  readonly what: string;
  readonly script: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Files beside grub.cfg. */
  readonly files?: Readonly<Record<string, string>>;
}

/** The variable that has the saved entry. */
const SAVED = '$saved_entry';

/** One entry; `entry=ID` on its command line shows which one was started. */
function entry(title: string, id: string | null, tag = id ?? title): string {
  const named = id === null ? '' : ` --id '${id}'`;
  return `menuentry '${title}' --class gentoo${named} {\n  linux /boot/vmlinuz entry=${tag.replace(/\W/g, '_')}\n}\n`;
}

function submenu(title: string, id: string | null, ...entries: readonly string[]): string {
  const named = id === null ? '' : ` --id '${id}'`;
  return `submenu '${title}'${named} {\n${entries.join('')}}\n`;
}

const FLAT = [
  entry('Gentoo', 'first'),
  entry('Gentoo 6.6.30', 'second'),
  entry('Gentoo 6.6.21', 'third'),
].join('');
const DEEP = [
  entry('Gentoo', 'simple'),
  submenu(
    'Advanced options',
    'advanced',
    entry('Gentoo, with Linux 6.6.30', 'new'),
    entry('Gentoo, with Linux 6.6.21', 'old'),
    submenu(
      'More > older',
      'more',
      entry('Gentoo, with Linux 6.1', 'ancient'),
      entry('a > b', 'with>sign', 'sign'),
    ),
  ),
  entry('Memory test', 'memory'),
].join('');

/** Like the output of 00_header and 10_linux of grub-mkconfig. */
function made(byDefault: string, menu: string): string {
  return `set pager=1
if [ -s $prefix/grubenv ]; then
  set have_grubenv=true
  load_env
fi
if [ "\${next_entry}" ] ; then
   set default="\${next_entry}"
   set next_entry=
   save_env next_entry
   set boot_once=true
else
   set default="${byDefault}"
fi
if [ x"\${feature_menuentry_id}" = xy ]; then
  menuentry_id_option="--id"
else
  menuentry_id_option=""
fi
export menuentry_id_option
if [ "\${prev_saved_entry}" ]; then
  set saved_entry="\${prev_saved_entry}"
  save_env saved_entry
  set prev_saved_entry=
  save_env prev_saved_entry
  set boot_once=true
fi
function savedefault {
  if [ -z "\${boot_once}" ]; then
    saved_entry="\${chosen}"
    save_env saved_entry
  fi
}
function load_video {
  if [ x$feature_all_video_module = xy ]; then
    insmod all_video
  else
    insmod efi_gop
  fi
}
if loadfont unicode ; then
  set gfxmode=auto
  load_video
fi
${menu}
if [ -f  \${config_directory}/custom.cfg ]; then
  source \${config_directory}/custom.cfg
elif [ -z "\${config_directory}" -a -f  $prefix/custom.cfg ]; then
  source $prefix/custom.cfg
fi
`;
}

const MADE_MENU = `menuentry 'Gentoo GNU/Linux' --class gentoo --class os $menuentry_id_option 'gnulinux-simple-0815' {
  load_video
  if [ "x$grub_platform" = xefi ]; then
    set gfxpayload=keep
  fi
  linux /boot/vmlinuz entry=simple
}
submenu 'Advanced options for Gentoo GNU/Linux' $menuentry_id_option 'gnulinux-advanced-0815' {
  menuentry 'Gentoo GNU/Linux, with Linux 6.6.30-gentoo' --class gentoo $menuentry_id_option 'gnulinux-6.6.30-gentoo-advanced-0815' {
    savedefault
    linux /boot/vmlinuz entry=new
  }
  menuentry 'Gentoo GNU/Linux, with Linux 6.6.21-gentoo' --class gentoo $menuentry_id_option 'gnulinux-6.6.21-gentoo-advanced-0815' {
    linux /boot/vmlinuz entry=old
  }
}
`;

const set = (value: string, menu: string): string => `set default="${value}"\n${menu}`;

/** Every way to name the default of a menu, and some scripts that people write. */
export const GRUB_CONFIGURATIONS: readonly GrubConfiguration[] = [
  { what: 'nothing names a default', script: FLAT },
  { what: 'an index', script: set('1', FLAT) },
  { what: 'the last index', script: set('2', FLAT) },
  { what: 'an index beyond the menu', script: set('7', FLAT) },
  { what: 'a title', script: set('Gentoo 6.6.21', FLAT) },
  { what: 'an id', script: set('second', FLAT) },
  { what: 'a name that there is not', script: set('fourth', FLAT) },
  { what: 'an empty default', script: set('', FLAT) },
  {
    what: 'a title that begins with digits',
    script: set('6.6.21', entry('5.15', null) + entry('6.6.21', null)),
  },
  { what: 'digits that lead beyond the menu', script: set('2x', FLAT) },
  { what: 'a hexadecimal index', script: set('0x2', FLAT) },
  { what: 'an octal index', script: set('01', FLAT) },
  { what: 'blanks before the index', script: set(' 2', FLAT) },
  { what: 'a submenu by index', script: set('1', DEEP) },
  { what: 'a path of indices', script: set('1>1', DEEP) },
  { what: 'a path of three', script: set('1>2>0', DEEP) },
  { what: 'a path of ids', script: set('advanced>old', DEEP) },
  { what: 'a path of titles', script: set('Advanced options>Gentoo, with Linux 6.6.21', DEEP) },
  { what: 'a path of both', script: set('1>old', DEEP) },
  { what: 'a submenu whose rest names nothing', script: set('advanced>nothing', DEEP) },
  { what: 'a title with a > in it', script: set('advanced>More >> older>1', DEEP) },
  { what: 'an id with a > in it', script: set('advanced>more>with>>sign', DEEP) },
  { what: 'a rest that an entry has no use for', script: set('memory>1', DEEP) },
  { what: 'an entry of a submenu without its submenu', script: set('old', DEEP) },
  { what: 'an empty rest', script: set('advanced>', DEEP) },
  { what: 'two entries of one title', script: set('Twin', entry('Twin', 'one') + entry('Twin', 'two')) },
  { what: 'an id that is the title of an earlier one', script: set('b', entry('b', 'a') + entry('c', 'b')) },
  { what: 'grub-mkconfig, index', script: made('0', MADE_MENU) },
  {
    what: 'grub-mkconfig, saved',
    script: made(SAVED, MADE_MENU),
    environment: { saved_entry: 'gnulinux-advanced-0815>gnulinux-6.6.21-gentoo-advanced-0815' },
  },
  {
    what: 'grub-mkconfig, saved and nothing saved',
    script: made(SAVED, MADE_MENU),
    environment: {},
  },
  { what: 'grub-mkconfig, saved, without an environment block', script: made(SAVED, MADE_MENU) },
  { what: 'grub-reboot', script: made('0', MADE_MENU), environment: { next_entry: '1>0' } },
  {
    what: 'grub-reboot before the saved one',
    script: made(SAVED, MADE_MENU),
    environment: {
      saved_entry: '0',
      next_entry: 'gnulinux-advanced-0815>gnulinux-6.6.21-gentoo-advanced-0815',
    },
  },
  {
    what: 'a saved entry that is not read',
    script: set('0', FLAT),
    environment: { saved_entry: '2', next_entry: '1' },
  },
  {
    what: 'grub-reboot of old versions: the saved entry is restored',
    script: made(SAVED, MADE_MENU),
    environment: { saved_entry: '1>1', prev_saved_entry: '0' },
  },
  {
    what: 'an environment with backslashes',
    script: made(SAVED, FLAT),
    environment: { saved_entry: 'Gentoo 6.6.21', other: 'a\\b' },
  },
  {
    what: 'custom.cfg after the menu',
    script: made('mine', MADE_MENU),
    files: { 'custom.cfg': entry('My own', 'mine') },
  },
  {
    what: 'custom.cfg that sets the default',
    script: made('0', MADE_MENU),
    files: { 'custom.cfg': 'set default="1>1"\n' },
  },
  {
    what: 'source before the menu',
    script: `source $prefix/common.cfg\n${FLAT}`,
    files: { 'common.cfg': 'default=third\n' },
  },
  { what: 'a file that is not there', script: `source $prefix/nothing.cfg\nset default=1\n${FLAT}` },
  {
    what: 'configfile',
    script: 'set default=0\nconfigfile $prefix/real.cfg\n',
    files: { 'real.cfg': set('second', FLAT) },
  },
  {
    what: 'a condition on a file that is there',
    script: `if [ -f $prefix/flag ]; then\nset default=2\nfi\n${FLAT}`,
    files: { flag: 'x' },
  },
  {
    what: 'a condition on a file that is not',
    script: `if [ -f $prefix/flag ]; then set default=2; else set default=1; fi\n${FLAT}`,
  },
  {
    what: 'elif',
    script: `a=2\nif [ "$a" = 1 ]; then set default=0\nelif [ "$a" = 2 ]; then set default=2\nelse set default=1; fi\n${FLAT}`,
  },
  {
    what: 'not, and, or',
    script: `if [ ! "$nothing" -a 3 -gt 2 ]; then set default=1; fi\nif [ a = b -o c = c ]; then set default=2; fi\n${FLAT}`,
  },
  {
    what: 'a function with an argument',
    script: `function choose { set default="$1"; }\nchoose second\n${FLAT}`,
  },
  {
    what: 'a variable in a title',
    script: `v=6.6.30\nset default="Linux $v"\n${entry('x', null)}menuentry "Linux $v" { linux /boot/vmlinuz entry=found; }\n`,
  },
  {
    what: 'quotes of every kind',
    script: `set default="it's \\"2\\""\n${entry('x', null)}menuentry "it's \\"2\\"" { linux /boot/vmlinuz entry=quoted\n}\n`,
  },
  {
    what: 'an escaped blank',
    script: `set default=My\\ entry\n${entry('x', null)}${entry('My entry', null)}`,
  },
  {
    what: 'lines joined, comments, semicolons',
    script: `# a comment\nset \\\ndefault=2; set timeout=0 # another\n${FLAT}`,
  },
  { what: 'unset', script: `set default=2\nunset default\n${FLAT}` },
  {
    what: 'a submenu that sets the default itself',
    script: `set default=0\nsubmenu Sub --id s {\nset default=1\n${FLAT}}\n`,
  },
  {
    what: 'a variable that is not exported into a submenu',
    script: `hidden=1\nset default=0\nsubmenu Sub {\nif [ "$hidden" ]; then set default=1; fi\n${FLAT}}\n`,
  },
  {
    what: 'a variable that is exported',
    script: `shown=1\nexport shown\nset default=0\nsubmenu Sub {\nif [ "$shown" ]; then set default=1; fi\n${FLAT}}\n`,
  },
  {
    what: 'an id written with =',
    script: `set default=here\n${entry('x', null)}menuentry 'With equals' --id=here { linux /boot/vmlinuz entry=equals\n}\n`,
  },
  {
    what: 'search for a file',
    script: `search --no-floppy --file --set=where $prefix/grub.cfg\nset default=1\n${FLAT}`,
  },
];
