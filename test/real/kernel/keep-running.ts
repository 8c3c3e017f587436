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

/** bash: leaves what the kernel that runs shows of itself under a root, where the program looks for it later. */
export function keepRunning(root: string): string {
  return [
    `rm -rf '${root}/sys/module'`,
    // There is one in any kernel that loads modules.
    `mkdir -p '${root}/sys/module'`,
    // Not all kernels show all of it.
    `cp --parents ${SHOWN.join(' ')} '${root}' 2>/dev/null`,
  ].join('\n');
}
