/** An EFI system partition with systemd-boot. `entry=TAG` on the command line shows which entry was started. */
export interface SystemdBootConfiguration {
  readonly what: string;
  /** Text of loader.conf; undefined: there is none. */
  readonly config?: string;
  /** Name below loader/entries → its lines, without the kernel. */
  readonly entries?: Readonly<Record<string, string>>;
  /** Name below EFI/Linux → the lines of its .osrel; null: it has none. */
  readonly images?: Readonly<Record<string, string | null>>;
  /** Variables of the Boot Loader Interface. */
  readonly variables?: Readonly<Record<string, string>>;
}

const NUMBERED = {
  'gentoo-6.6.21.conf': 'title Gentoo',
  'gentoo-6.6.30.conf': 'title Gentoo',
  'gentoo-6.10.2.conf': 'title Gentoo',
};
const SORTED = {
  'a.conf': 'title A\nsort-key gentoo\nversion 6.6.21',
  'b.conf': 'title B\nsort-key gentoo\nversion 6.6.30',
  'c.conf': 'title C\nsort-key arch\nversion 5.0',
  'z.conf': 'title Z',
};

/** One configuration for each rule; those with variables are each tried in their own machine. */
export const SYSTEMD_BOOT_CONFIGURATIONS: readonly SystemdBootConfiguration[] = [
  { what: 'by id, the highest version first', entries: NUMBERED },
  {
    what: 'a glob, of which the first in the list counts',
    config: 'default gentoo-6.6.*\n',
    entries: NUMBERED,
  },
  { what: 'a whole name', config: 'default gentoo-6.6.21.conf\n', entries: NUMBERED },
  { what: 'capitals in the glob', config: 'default GENTOO-6.6.21*\n', entries: NUMBERED },
  { what: 'a name without its ending', config: 'default gentoo-6.6.21\n', entries: NUMBERED },
  { what: 'a glob with a set', config: 'default gentoo-6.6.[13]?.conf\n', entries: NUMBERED },
  { what: 'a glob that nothing fits', config: 'default arch-*\ntimeout 0\n', entries: NUMBERED },
  {
    what: 'two defaults: the last one',
    config: 'default gentoo-6.10*\ndefault gentoo-6.6.21*\n',
    entries: NUMBERED,
  },
  {
    what: 'comments, TABs and quotes',
    config: '# default gentoo-6.10*\n\tdefault\t"gentoo-6.6.30.conf"\n',
    entries: NUMBERED,
  },
  { what: 'sort-keys before names, in their order', entries: SORTED },
  {
    what: 'of one sort-key the newest version',
    entries: { 'a.conf': SORTED['a.conf'], 'b.conf': SORTED['b.conf'] },
  },
  {
    what: 'of one sort-key by machine-id first',
    entries: {
      'a.conf': 'sort-key gentoo\nmachine-id bbbb\nversion 9',
      'b.conf': 'sort-key gentoo\nmachine-id aaaa\nversion 1',
    },
  },
  {
    what: 'an entry whose tries are used up comes last',
    entries: { 'b+0-3.conf': 'title B', 'a+2-1.conf': 'title A' },
  },
  {
    what: 'an entry with tries left is sorted by its name',
    entries: { 'b+2-1.conf': 'title B', 'a.conf': 'title A' },
  },
  { what: 'all tries used up', entries: { 'b+0-3.conf': 'title B', 'a+0-1.conf': 'title A' } },
  {
    what: 'letters and digits in names',
    entries: { 'zfs.conf': 'title Z', '4ef3-6.6.21.conf': 'title 4', 'gentoo-6.6.30.conf': 'title G' },
  },
  {
    what: 'pre-releases and revisions',
    entries: { 'l-6.6.0~rc1.conf': 'title 1', 'l-6.6.0-r1.conf': 'title 2', 'l-6.6.0.conf': 'title 3' },
  },
  {
    what: 'unified images, by what .osrel says',
    images: {
      'one.efi': 'ID=gentoo\nNAME=Gentoo\nVERSION_ID=6.6.21',
      'two.efi': 'ID=gentoo\nNAME=Gentoo\nVERSION_ID=6.6.30',
    },
  },
  {
    what: 'a unified image without .osrel is passed over',
    images: { 'z.efi': null, 'a.efi': 'ID=gentoo\nNAME=Gentoo' },
  },
  {
    what: 'both types: a sort-key goes before none',
    entries: { 'zzz.conf': 'title Z' },
    images: { 'a.efi': 'ID=gentoo\nNAME=Gentoo' },
  },
  { what: 'auto- is nobody’s entry', entries: { 'auto-z.conf': 'title Z', 'a.conf': 'title A' } },
];

export const WITH_VARIABLES: readonly SystemdBootConfiguration[] = [
  {
    what: 'one-shot',
    config: 'default gentoo-6.10*\n',
    entries: NUMBERED,
    variables: { LoaderEntryOneShot: 'gentoo-6.6.21.conf' },
  },
  {
    what: 'the variable goes before loader.conf',
    config: 'default gentoo-6.10*\n',
    entries: NUMBERED,
    variables: { LoaderEntryDefault: 'gentoo-6.6.30.conf' },
  },
  {
    what: '@saved',
    config: 'default @saved\n',
    entries: NUMBERED,
    variables: { LoaderEntryLastBooted: 'gentoo-6.6.21.conf' },
  },
  {
    what: 'a one-shot entry that there is not',
    config: 'default gentoo-6.6.21*\n',
    entries: NUMBERED,
    variables: { LoaderEntryOneShot: 'gone.conf' },
  },
];
