const SHOWN = [
  ...['version', 'stat', 'modules', 'filesystems', 'config.gz', 'kallsyms', 'cmdline', 'self/mountinfo'].map(
    (name) => `/proc/${name}`,
  ),
  ...['osrelease', 'version', 'arch', 'random/boot_id'].map((name) => `/proc/sys/kernel/${name}`),
  '/sys/kernel/notes',
  '/sys/module/module/parameters/sig_enforce',
  ...['version', 'srcversion', 'refcnt', 'notes/.note.gnu.build-id'].map(
    (name) => `/sys/module/aufs/${name}`,
  ),
];

/** bash: copies the files in which the running kernel shows its facts to a root, where the program reads them later. */
export function keepRunning(root: string): string {
  return [
    `rm -rf '${root}/sys/module'`,
    // There is one in any kernel that loads modules.
    `mkdir -p '${root}/sys/module'`,
    // Not every kernel has all of them.
    `cp --parents ${SHOWN.join(' ')} '${root}' 2>/dev/null`,
  ].join('\n');
}
