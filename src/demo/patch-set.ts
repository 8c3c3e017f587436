import { PATCH_COMPONENTS, type PatchComponent } from '../model/patch-component.ts';

/** The parts that an ebuild with USE=kernel-patch applies. aufs-sources has all of them. */
export const MODULE_PARTS: readonly PatchComponent[] = PATCH_COMPONENTS.filter((part) => part !== 'kbuild');

/** A file that a component of the AUFS patch set changes, and what the component adds. */
export interface TouchedFile {
  readonly path: string;
  readonly component: PatchComponent;
  /** Lines that the patch adds. */
  readonly adds: readonly string[];
  /** The patch creates the file. */
  readonly isNew: boolean;
}

/** The files and names that the patch set of the 6.1 series changes. The lines are stand-ins. */
export const TOUCHED: readonly TouchedFile[] = [
  touched('kbuild', 'fs/Kconfig', ['source "fs/aufs/Kconfig"']),
  touched('kbuild', 'fs/Makefile', ['obj-$(CONFIG_AUFS_FS) += aufs/']),
  touched('base', 'MAINTAINERS', ['F:	fs/aufs/']),
  touched('base', 'drivers/block/loop.c', exported('loop_backing_file')),
  touched('base', 'fs/dcache.c', ['/* aufs: base */']),
  touched('base', 'fs/fcntl.c', ['/* aufs: base */']),
  touched('base', 'fs/namespace.c', named('is_current_mnt_ns')),
  touched('base', 'fs/splice.c', ['/* aufs: base */']),
  touched('base', 'include/linux/fs.h', named('setfl')),
  touched('base', 'include/linux/lockdep.h', named('lockdep_hlock_class')),
  touched('base', 'include/linux/mnt_namespace.h', named('is_current_mnt_ns')),
  touched('base', 'include/linux/splice.h', named('do_splice_from', 'do_splice_to')),
  touched('base', 'kernel/locking/lockdep.c', named('lockdep_hlock_class')),
  touched('mmap', 'fs/proc/base.c', named('vma_pr_or_file')),
  touched('mmap', 'fs/proc/nommu.c', named('vmr_pr_or_file')),
  touched('mmap', 'fs/proc/task_mmu.c', named('vma_pr_or_file')),
  touched('mmap', 'fs/proc/task_nommu.c', named('vma_pr_or_file')),
  touched('mmap', 'include/linux/mm.h', [
    '#if defined(CONFIG_AUFS_FS) || defined(CONFIG_AUFS_FS_MODULE)',
    ...named(
      'vma_do_file_update_time',
      'vma_do_pr_or_file',
      'vma_do_get_file',
      'vma_do_fput',
      'vmr_do_pr_or_file',
      'vmr_do_fput',
      'vma_file_update_time',
      'vma_pr_or_file',
      'vma_get_file',
      'vma_fput',
      'vmr_pr_or_file',
      'vmr_fput',
    ),
    '#endif',
  ]),
  touched('mmap', 'include/linux/mm_types.h', [
    '#if defined(CONFIG_AUFS_FS) || defined(CONFIG_AUFS_FS_MODULE)',
    'extern struct file *vm_prfile;',
    '#endif',
  ]),
  touched('mmap', 'kernel/fork.c', named('vma_get_file')),
  touched('mmap', 'mm/Makefile', ['obj-y += prfile.o']),
  touched('mmap', 'mm/filemap.c', named('vma_file_update_time')),
  touched('mmap', 'mm/mmap.c', [
    '#if defined(CONFIG_AUFS_FS) || defined(CONFIG_AUFS_FS_MODULE)',
    ...named('vma_fput', 'vma_get_file', 'prfile', 'vm_prfile'),
    '#endif',
  ]),
  touched('mmap', 'mm/nommu.c', named('vmr_fput', 'vma_fput')),
  {
    component: 'mmap',
    path: 'mm/prfile.c',
    isNew: true,
    adds: named(
      'prfile_trace',
      'vm_prfile',
      'vma_do_file_update_time',
      'vma_do_pr_or_file',
      'vma_do_get_file',
      'vma_do_fput',
      'vmr_do_pr_or_file',
      'vmr_do_fput',
    ),
  },
  touched('standalone', 'fs/dcache.c', exported('d_walk', 'd_exchange')),
  touched('standalone', 'fs/exec.c', exported('path_noexec')),
  touched('standalone', 'fs/fcntl.c', exported('setfl')),
  touched('standalone', 'fs/file_table.c', exported('alloc_empty_file')),
  touched(
    'standalone',
    'fs/namespace.c',
    exported('__mnt_drop_write', 'iterate_mounts', 'is_current_mnt_ns'),
  ),
  touched('standalone', 'fs/notify/group.c', exported('fsnotify_get_group')),
  touched('standalone', 'fs/open.c', exported('do_truncate')),
  touched('standalone', 'fs/read_write.c', exported('vfs_read', 'vfs_write')),
  touched('standalone', 'fs/splice.c', exported('do_splice_from', 'do_splice_to')),
  touched('standalone', 'fs/xattr.c', exported('vfs_getxattr_alloc')),
  touched('standalone', 'kernel/locking/lockdep.c', exported('lockdep_hlock_class')),
  touched('standalone', 'kernel/task_work.c', exported('task_work_run')),
  touched(
    'standalone',
    'security/security.c',
    exported(
      'security_file_permission',
      'security_file_truncate',
      'security_inode_permission',
      'security_path_chmod',
      'security_path_chown',
      'security_path_link',
      'security_path_rmdir',
      'security_path_symlink',
      'security_path_truncate',
    ),
  ),
];

/**
 * Files of the set that this configuration does not compile, so that they never have an object: those for machines
 * without an MMU, and lockdep.
 */
export const NEVER_COMPILED: ReadonlySet<string> = new Set([
  'fs/proc/nommu.c',
  'fs/proc/task_nommu.c',
  'kernel/locking/lockdep.c',
  'mm/nommu.c',
]);

/** Functions that these components add to a built kernel, as in System.map. */
export function functionsOfPatch(parts: readonly PatchComponent[]): string[] {
  return [
    ...(parts.includes('base') ? ['do_splice_from', 'is_current_mnt_ns', 'setfl'] : []),
    ...(parts.includes('mmap')
      ? ['vma_do_file_update_time', 'vma_do_fput', 'vma_do_get_file', 'vma_do_pr_or_file']
      : []),
  ];
}

/** Symbols that a kernel exports only because of these components. */
export function exportsOfPatch(parts: readonly PatchComponent[]): string[] {
  const lines = TOUCHED.filter(
    (file) => parts.includes(file.component) && !NEVER_COMPILED.has(file.path),
  ).flatMap((file) => file.adds);
  return [...new Set(lines.flatMap((line) => /^EXPORT_SYMBOL_GPL\((\w+)\);$/.exec(line)?.[1] ?? []))].sort();
}

function touched(component: PatchComponent, path: string, adds: readonly string[]): TouchedFile {
  return { component, path, adds, isNew: false };
}

function named(...names: readonly string[]): string[] {
  return names.map((name) => `int ${name}(void);`);
}

function exported(...names: readonly string[]): string[] {
  return names.map((name) => `EXPORT_SYMBOL_GPL(${name});`);
}
