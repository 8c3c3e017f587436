/**
 * What the AUFS patch sets do to a kernel tree, one row a series: evidence where the patch itself is not at hand.
 * A series, the date of its last set, and the day from which there can have been a set for it (the month in which
 * that kernel was released).
 */
export const SERIES_TEXT = `
3.0 20130325 20110701
3.1 20130325 20111001
3.2 20131104 20120101
3.2.x 20131104 20120101
3.3 20130325 20120301
3.4 20131104 20120501
3.5 20130401 20120701
3.6 20130805 20120901
3.7 20130805 20121201
3.8 20131104 20130201
3.9 20141215 20130401
3.10 20141215 20130601
3.11 20141215 20130901
3.12 20141215 20131101
3.12.x 20141215 20131101
3.12.31+ 20141215 20131101
3.13 20141215 20140101
3.14 20150928 20140301
3.14.40+ 20150928 20140301
3.15 20150928 20140601
3.16 20150928 20140801
3.17 20150928 20141001
3.18 20160822 20141201
3.18.1+ 20160822 20141201
3.19 20160822 20150201
4.0 20160822 20150401
4.1 20170220 20150601
4.1.13+ 20170220 20150601
4.2 20170220 20150801
4.3 20170220 20151101
4.5 20170911 20160301
4.6 20170911 20160501
4.7 20170911 20160701
4.8 20170911 20161001
4.9 20180730 20161201
4.9.9+ 20180723 20161201
4.9.94+ 20180730 20161201
4.10 20180730 20170201
4.11.7+ 20180730 20170401
4.12 20180730 20170701
4.13 20180730 20170901
4.14 20190902 20171101
4.14.56+ 20190902 20171101
4.15 20190902 20180101
4.16 20190902 20180401
4.17 20190902 20180601
4.18 20190902 20180801
4.18.11+ 20190902 20180801
4.19 20200622 20181001
4.19.17+ 20200622 20181001
4.19.63+ 20200622 20181001
4.20 20200622 20181201
4.20.4+ 20200622 20181201
5.0 20200622 20190301
5.1 20200622 20190501
5.2 20200622 20190701
5.2.5+ 20200622 20190701
5.3 20200622 20190901
5.3.16 20200622 20190901
5.4 20210906 20191101
5.5 20210906 20200101
5.6 20210906 20200301
5.7 20210906 20200501
5.8 20210906 20200801
5.9 20210906 20201001
5.10 20230828 20201201
5.10.82 20230828 20201201
5.10.117 20230828 20201201
5.11 20230828 20210201
5.12 20230828 20210401
5.13 20230828 20210601
5.14 20230828 20210801
5.15 20230828 20211001
5.15.5 20230828 20211001
5.15.36 20230828 20211001
5.16 20230828 20220101
5.17 20230828 20220301
5.17.3 20230828 20220301
5.18 20230828 20220501
5.19 20230828 20220701
6.0 20230828 20221001
6.2 20240701 20230201
6.3 20240701 20230401
6.4 20240701 20230601
6.5 20240701 20230801
6.6 20240923 20231001
6.6.4 20240923 20231001
6.6.44 20241021 20231001
6.7 20240923 20240101
6.8 20240923 20240301
6.9 20240923 20240501
6.10 20240923 20240701
6.10.13 20241014 20240701
6.11 20241021 20240901
`;

/**
 * A patch, a file that it touches, the series in which it does. Below a file the marks that the patch leaves in it:
 * a symbol that the file newly exports, or a name (a whole identifier) that its added lines bring. `a..b` runs over
 * the rows of SERIES_TEXT; a mark without series of its own is there wherever its file is touched.
 */
export const MARKS_TEXT = `
kbuild fs/Kconfig 3.0..6.11
kbuild fs/Makefile 3.0..6.11
  name CONFIG_AUFS_FS
kbuild include/linux/Kbuild 3.0..3.6
kbuild include/uapi/linux/Kbuild 3.7..4.11.7+
base MAINTAINERS 3.9..6.11
base drivers/block/loop.c 3.11..6.11
  export loop_backing_file
base fs/dcache.c 3.14..6.11
base fs/fcntl.c 3.18..6.11
base fs/file_table.c 3.7..3.12.31+
  export __file_sb_list_add 3.12..3.12.31+
base fs/inode.c 3.5..5.10,5.11..5.15
base fs/namei.c 3.0..3.5,3.9..3.13
base fs/namespace.c 4.9..6.11
  name is_current_mnt_ns
base fs/read_write.c 4.1..5.9
  name vfs_readf
  name vfs_writef
base fs/splice.c 3.0..6.11
base fs/sync.c 4.1..5.15.5
base include/linux/file.h 3.14..4.18.11+
base include/linux/fs.h 3.5..6.11
  name update_time 3.5..5.19
  name setfl 3.18..6.11
  name vfs_readf 4.1..5.9
  name vfs_writef 4.1..5.9
  name __sync_filesystem 4.1..5.19
base include/linux/lockdep.h 4.12..6.11
  name lockdep_hlock_class
base include/linux/mnt_namespace.h 4.9..6.11
  name is_current_mnt_ns
base include/linux/namei.h 3.0..3.5
base include/linux/splice.h 3.0..6.11
  name do_splice_from
  name do_splice_to 3.0..6.4
base kernel/locking/lockdep.c 4.12..6.11
  name lockdep_hlock_class
proc_map fs/buffer.c 3.6..3.7
  name vm_prfile
proc_map fs/proc/nommu.c 3.0..3.1,3.3,3.5..3.7
  name vm_prfile
proc_map fs/proc/task_mmu.c 3.0..3.1,3.3,3.5..3.7
  name vm_prfile
proc_map fs/proc/task_nommu.c 3.0..3.1,3.3,3.5..3.7
  name vm_prfile
proc_map include/linux/mm_types.h 3.0..3.1,3.3,3.5..3.7
  name vm_prfile
proc_map kernel/fork.c 3.0..3.1,3.3,3.5..3.7
  name vm_prfile
proc_map mm/memory.c 3.0..3.1,3.3,3.5..3.7
  name vm_prfile
proc_map mm/mmap.c 3.0..3.1,3.3,3.5..3.7
  name vm_prfile
proc_map mm/nommu.c 3.0..3.1,3.3,3.5..3.7
  name vm_prfile
mmap fs/buffer.c 3.8..4.3
  name vma_file_update_time
mmap fs/proc/base.c 3.9..6.11
mmap fs/proc/nommu.c 3.2..3.2.x,3.4,3.8..6.11
  name vmr_pr_or_file
mmap fs/proc/task_mmu.c 3.2..3.2.x,3.4,3.8..6.11
  name vma_pr_or_file
mmap fs/proc/task_nommu.c 3.2..3.2.x,3.4,3.8..6.11
  name vma_pr_or_file
mmap include/linux/mm.h 3.2..3.2.x,3.4,3.8..6.11
  name vmr_do_pr_or_file
  name vm_prfile 3.2..3.2.x,3.4,3.8
  name vmr_do_fput
  name vma_do_file_update_time
  name vma_do_pr_or_file
  name vma_do_get_file
  name vma_do_fput
  name vmr_pr_or_file
  name vmr_fput
  name vma_file_update_time
  name vma_pr_or_file
  name vma_get_file
  name vma_fput
  name CONFIG_AUFS_FS 5.10..6.11
mmap include/linux/mm_types.h 3.2..3.2.x,3.4,3.8..6.11
  name vm_prfile
  name CONFIG_AUFS_FS 5.10..6.11
mmap kernel/fork.c 3.2..3.2.x,3.4,3.8..6.11
  name vma_get_file
mmap mm/Makefile 3.9..6.11
  name prfile
mmap mm/filemap.c 3.8..6.11
  name vma_file_update_time
mmap mm/fremap.c 3.2..3.2.x,3.4,3.8..3.19
  name vma_get_file
  name vma_fput
  name prfile 3.9..3.19
  name vm_prfile 3.9..3.19
mmap mm/madvise.c 3.2.x,3.8..3.13
  name vma_get_file
  name vma_fput
mmap mm/memory.c 3.2..3.2.x,3.4,3.8..4.9.94+
  name vma_file_update_time
mmap mm/mmap.c 3.2..3.2.x,3.4,3.8..6.11
  name vma_fput
  name vma_get_file
  name prfile 4.0..6.11
  name vm_prfile 4.0..6.11
  name CONFIG_AUFS_FS 5.10..6.11
mmap mm/msync.c 3.2..3.2.x,3.4,3.8..3.13
  name vma_get_file
  name vma_fput
mmap mm/nommu.c 3.2..3.2.x,3.4,3.8..6.11
  name vmr_fput
  name vma_fput
mmap mm/prfile.c 3.9..6.11
  name prfile_trace
  name vma_do_file_update_time
  name vm_prfile
  name vma_do_pr_or_file
  name vma_do_get_file
  name vma_do_fput
  name vmr_do_pr_or_file
  name vmr_do_fput
standalone fs/dcache.c 3.14..6.11
  export d_walk
  export d_exchange 4.9..6.11
standalone fs/exec.c 4.3..6.11
  export path_noexec
standalone fs/fcntl.c 3.18..6.11
  export setfl
standalone fs/file_table.c 3.0..3.12.31+,3.14..6.11
  export file_sb_list_del 3.0..3.12.31+
  export files_lglock 3.5..3.12.31+
  export get_empty_filp 3.14..4.18.11+
  export put_filp 3.14..4.18.11+
  export flush_delayed_fput 3.18..5.3.16
  export __fput_sync 3.18..5.10.82,5.11..5.17
  export alloc_empty_file 4.19..6.11
standalone fs/inode.c 3.0..5.10,5.11..5.15
  export inode_sb_list_lock 3.0..4.2
  export update_time 3.5..5.10,5.11..5.15
standalone fs/namei.c 3.0..3.5,3.9..3.13
  export deny_write_access 3.0
  export lookup_hash 3.0..3.5
  export check_acl 3.9..3.13
standalone fs/namespace.c 3.0..6.11
  export iterate_mounts
  export vfsmount_lock 3.5..3.12.31+
  export __mnt_drop_write 3.8..6.6.44
  export is_current_mnt_ns 4.9..6.11
  export collect_mounts 6.8..6.11
  export drop_collected_mounts 6.8..6.11
standalone fs/notify/group.c 3.0..6.11
  export fsnotify_put_group 3.0..5.3.16
  export fsnotify_alloc_group 3.0..5.3.16
  export fsnotify_get_group 3.8..6.11
standalone fs/notify/mark.c 3.0..5.3.16
  export fsnotify_put_mark
  export fsnotify_destroy_mark
  export fsnotify_add_mark
  export fsnotify_init_mark
standalone fs/open.c 3.0..6.11
  export do_truncate
  export do_fallocate 3.9..3.18.1+
  export open_check_o_direct 3.14..4.18.11+
standalone fs/read_write.c 4.1..6.11
  export vfs_readf 4.1..5.9
  export vfs_writef 4.1..5.9
  export vfs_read 4.14..6.11
  export vfs_write 4.14..6.11
standalone fs/splice.c 3.0..6.11
  export do_splice_from
  export do_splice_to 3.0..6.4
standalone fs/sync.c 4.1..5.15.5
  export __sync_filesystem
standalone fs/xattr.c 3.9..6.11
  export vfs_getxattr_alloc
standalone kernel/locking/lockdep.c 4.12..6.11
  export lockdep_hlock_class
standalone kernel/task_work.c 3.18..6.11
  export task_work_run
standalone security/commoncap.c 3.0..4.13
  export cap_file_mmap 3.0..3.4
  export cap_mmap_addr 3.5..4.13
  export cap_mmap_file 3.5..4.13
standalone security/device_cgroup.c 3.0..5.4
  export __devcgroup_inode_permission 3.0..4.14.56+
  export __devcgroup_check_permission 4.15..5.4
standalone security/security.c 3.0..6.11
  export security_path_rmdir
  export security_path_symlink
  export security_path_link
  export security_path_truncate 3.0..6.0
  export security_path_chmod
  export security_path_chown
  export security_inode_readlink 3.0..4.13
  export security_inode_permission
  export security_file_permission
  export security_file_mmap 3.0..3.4
  export security_mmap_file 3.5..4.20.4+
  export security_file_truncate 6.2..6.11
`;
