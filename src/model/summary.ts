import { type About, type FindingCode, findingCode } from './finding.ts';

/** The title line of a notification and the subject of a mail show this many characters. */
export const SUMMARY_MAX = 40;

/**
 * The finding in at most 40 characters: what a person reads first, wherever there is little room. It is made from the code
 * and `about`; for a code of a newer version it is the title of the finding.
 */
export function summaryOf(finding: {
  readonly code: string;
  readonly about: About;
  readonly title: string;
}): string {
  const code = findingCode(finding.code);
  if (code === null) return cutTo(finding.title);
  const words = WORDS[code];
  return cutTo(typeof words === 'string' ? words : words(finding.about));
}

type Words = string | ((about: About) => string);

const WORDS: Readonly<Record<FindingCode, Words>> = {
  'aufs-perhaps-wanted': 'Is AUFS wanted here?',
  'patch-reverted': 'Sources lost the AUFS patches',
  'sources-unpatched': 'Sources lack the AUFS patches',
  'sources-partly-patched': 'Sources only partly patched for AUFS',
  'aufs-not-configured': 'AUFS is off in the kernel config',
  'aufs-sources-missing': 'fs/aufs is missing: make will stop',
  'aufs-configured-twice': 'AUFS is built twice',
  'series-mismatch': 'AUFS patches of another kernel series',
  'sources-link-broken': 'No kernel sources are selected',
  'user-patches-pending': 'User patches are not applied yet',
  'kernel-never-built': 'The selected kernel is not compiled',
  'build-interrupted': 'The kernel build did not finish',
  'kernel-not-rebuilt': 'The kernel is older than its sources',
  'config-changed-since-build': 'The kernel is older than its config',
  'kernel-not-installed': 'The new kernel is not installed',
  'boot-not-readable': '/boot cannot be read',
  'kernel-not-in-menu': 'The new kernel is not in the boot menu',
  'other-kernel-is-default': 'An older kernel is the boot default',
  'one-shot-boot': 'Another kernel starts, once',
  'kernel-passed-over': 'The last boot took another kernel',
  'image-copy-outdated': 'Next boot: an old copy of the kernel',
  'next-boot-without-aufs': without,
  'running-kernel-without-aufs': 'Now: no AUFS',
  'reboot-pending': 'A new kernel waits for the reboot',
  'sources-not-running': 'The selected sources are not in use',
  'pinned-kernel-not-next': 'Next boot: not the pinned kernel',
  'pinned-kernel-incomplete': 'The pinned kernel is incomplete',
  'own-modules-missing': (about) => `${when(about)}: no modules of the kernel`,
  'own-modules-older': (about) => `${when(about)}: modules of an old build`,
  'module-missing': without,
  'module-will-not-load': without,
  'initramfs-outdated': 'The initramfs holds old modules',
  'initramfs-lacks-module': (about) =>
    about.nextBootLoses.length > 0 ? without(about) : 'The initramfs lacks a module',
  'module-blocked': ({ modules }) => `Kept from loading: ${names(modules, 20)}`,
  'module-not-reloaded': ({ modules }) =>
    modules.length === 0 ? 'An old module is still loaded' : `Still loaded: the old ${names(modules, 18)}`,
  'module-shadowed': 'A module is hidden by another file',
  'module-leftover': 'A module belongs to no package',
  'depmod-due': 'depmod has not run',
  'utilities-mismatch': 'aufs-util does not fit the kernel',
  'rehearsal-contradicts': 'The rehearsal saw something else',
  'docker-driver-removed': 'Docker: no such storage driver any more',
  'docker-asked-twice': 'Docker: a setting is given twice',
  'docker-configuration-refused': 'Docker refuses its configuration',
  'docker-several-drivers': 'Docker: data of several drivers',
  'docker-data-deprecated': 'Docker: data of a deprecated driver',
  'docker-aufs-unavailable': 'Docker: no AUFS for its data',
  'docker-aufs-on-btrfs': 'Docker: AUFS does not work on btrfs',
  'docker-driver-unavailable': 'Docker: storage driver not available',
  'docker-next-boot': 'Next boot: Docker will not start',
  'docker-upgrade-fails': 'Docker will not start once upgraded',
  'docker-no-d-type': 'Docker: the disk lacks d_type',
  'docker-data-left': 'Docker: data of an old driver is left',
  'docker-devicemapper-loopback': 'Docker: devicemapper on loop files',
  'docker-vfs': 'Docker: slow vfs storage driver',
  'containers-storage-unavailable': 'podman: storage driver not available',
  'hook-missing': 'Hooks of aufswatch are missing',
  'hook-unheard': 'A hook of aufswatch was not run',
  'watch-degraded': 'aufswatch sees changes late',
  'ledger-recovered': 'The ledger of aufswatch was damaged',
  'inbox-stuck': 'aufswatch cannot read its inbox',
};

/** `Next boot: no zfs, spl`, `Now: no AUFS`. */
function without(about: About): string {
  const { nextBootLoses, modules } = about;
  const lost = nextBootLoses.length > 0 ? nextBootLoses : modules;
  const head = `${when(about)}: no `;
  return `${head}${names(lost, SUMMARY_MAX - head.length)}`;
}

/** A consequence of a guess is not stated as certain. */
function when({ nextBootLoses, byGuess }: About): string {
  if (nextBootLoses.length === 0) return 'Now';
  return byGuess === true ? 'Next boot, perhaps' : 'Next boot';
}

/** As many names as fit, and how many more there are. */
function names(modules: readonly string[], room: number): string {
  const all = modules.map((name) => (name === 'aufs' ? 'AUFS' : name));
  for (let shown = all.length; shown > 0; shown--) {
    const more = all.length - shown;
    const text = `${all.slice(0, shown).join(', ')}${more === 0 ? '' : ` and ${more} more`}`;
    if (text.length <= room) return text;
  }
  return all.length === 1 ? cutTo(all[0] ?? '', room) : `${all.length} modules`;
}

function cutTo(text: string, most = SUMMARY_MAX): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}
