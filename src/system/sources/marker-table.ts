/**
 * The marks that the AUFS patch sets leave in a kernel tree: evidence for trees whose patch is not available. Written by
 * `npm run marks` from every set in the history of aufs3-, aufs4- and aufs-standalone.
 *
 * A line has a branch and the days on which its marks changed. Each day begins an edition. Editions are numbered from 0
 * over all lines.
 */
export const SERIES_TEXT = `
3.0 20110815 20110822
3.1 20111031
3.2 20120109 20131104
3.2.x 20130422 20131104
3.3 20120326
3.4 20120521 20131104
3.5 20120730
3.6 20121015
3.7 20130107 20130318
3.8 20130311 20130318 20130325 20131104
3.9 20130506 20131104 20140616 20140623 20140728 20140825 20140915 20141208
3.10 20130708 20131104 20140616 20140623 20140728 20140825 20140915 20141208
3.10.x 20140120 20140616 20140623 20140728 20140825 20140915 20141208
3.11 20130916 20131104 20140616 20140623 20140728 20140825 20140915 20141208
3.12 20131111 20140616 20140623 20140728 20140825 20140915 20141208
3.12.x 20140120 20140616 20140623 20140728 20140825 20140915 20141208
3.12.31+ 20141103 20141208
3.13 20140127 20140616 20140623 20140728 20140825 20140915 20141208
3.14 20140407 20140616 20140623 20140728 20140825 20140915 20141208 20141215 20150105 20150511 20150921
3.14.21+ 20141013 20141208 20141215 20150105 20150511 20150921
3.14.40+ 20150504 20150511 20150921
3.15 20140616 20140623 20140728 20140825 20140915 20141208 20141215 20150105 20150511 20150921
3.16 20140811 20140825 20140915 20141208 20141215 20150105 20150511 20150921
3.17 20141013 20141208 20141215 20150105 20150511 20150921
3.18 20141215 20150105 20150511 20150921 20160215 20160301
3.18.1+ 20150105 20150511 20150921 20160215 20160301
3.18.25+ 20160215 20160301
3.19 20150216 20150511 20150921 20160215 20160301
4.0 20150420 20150511 20150921 20160215 20160301 20160516 20160627
4.1 20150629 20150921 20160215 20160301 20160516 20160627 20170206
4.1.13+ 20160111 20160215 20160301 20160516 20160627 20170206
4.2 20150928 20160215 20160301 20160516 20160627 20170206
4.3 20151109 20160215 20160301 20160516 20160627 20170206
4.4 20160118 20160215 20160301 20160516 20160627 20170206
4.5 20160321 20160516 20160627 20170206
4.6 20160523 20160627 20170206
4.7 20160801 20170206
4.8 20161010 20170206
4.9 20161219 20170206 20170925
4.9.9+ 20180423
4.9.94+ 20180730
4.10 20170313 20170925
4.11 20170522 20170925
4.11.7+ 20170703 20170925
4.12 20170828 20170925 20171030
4.13 20170911 20170925 20171030
4.14 20171120 20190325
4.14.56+ 20180730 20190325
4.14.73+ 20181022 20190325
4.15 20180219 20190325
4.16 20180409 20190325
4.17 20180611 20190325
4.18 20180820 20190325
4.18.11+ 20181008 20190325
4.19 20181029 20190325
4.19.17+ 20190204 20190325
4.19.63+ 20190909
4.20 20190204 20190325
4.20.4+ 20190204 20190325
5.0 20190311
5.1 20190520
5.2 20190715
5.2.5+ 20190909
5.3 20190923
5.3.16 20200113
5.4 20191223
5.4.3 20200113
5.5 20200203
5.6 20200413
5.7 20200622
5.8 20210104
5.9 20210104
5.10 20210111 20220404 20230227
5.10.82 20211129 20220404 20230227
5.10.117 20220711 20230227
5.10.140 20220912 20230227
5.11 20210222 20220404 20230227
5.12 20210503 20220404 20230227
5.13 20210705 20220404 20230227
5.14 20210906 20220404 20230227
5.15 20211115 20220404 20230227
5.15.5 20211129 20220404 20230227
5.15.36 20220509 20230227
5.15.41 20220530 20230227
5.16 20220117 20220404 20230227
5.17 20220328 20220404 20230227
5.17.3 20220418 20230227
5.18 20220530 20230227
5.19 20220808 20230227
6.0 20221024 20230227
6.1 20221219 20230227
6.2 20230227
6.3 20230501
6.4 20230904
6.5 20230904 20240219
6.6 20231106 20240219
6.6.4 20240212 20240219
6.6.44 20241021
6.6.54 20241014
6.7 20240212 20240219
6.8 20240318
6.9 20240520
6.10 20240722
6.10.13 20241014
6.11 20240923
6.11.2 20241007
`;

/**
 * A line has a patch, a file that it changes, and the editions in which it does. Below it are the marks that the patch
 * leaves in the file, with their editions if they differ from those of the file: a symbol that the file now exports, a
 * name (a whole identifier) in its added lines, or a piece of text. After a slash: the text that the name replaced.
 */
export const MARKS_TEXT = `
kbuild fs/Kconfig 0..304
  text fs/aufs/Kconfig
kbuild fs/Makefile 0..304
  name CONFIG_AUFS_FS
kbuild include/linux/Kbuild 0..11
  name aufs_type
kbuild include/uapi/linux/Kbuild 13,15..193
  name aufs_type
base MAINTAINERS 23..25,31..33,38..40,46..48,53..55,60..64,69..71,76..91,95..101,103..304
  text fs/aufs/
base drivers/block/loop.c 41..304
  export loop_backing_file
base fs/dcache.c 80..82,86..91,99..101,107..109,113..115,117..304
base fs/fcntl.c 121,126,128,133,138..140,144..147,150..153,156..159,162..165,168..304
base fs/file_table.c 12..64
  export __file_sb_list_add 49..64
base fs/inode.c 10..133,140,146..147,152..153,158..159,164..165,170..171,174..175,177..240,248..262
base fs/namei.c 0..10,25,33,40,48,55,62,64,71,78,84,97,105,111
base fs/namespace.c 185..187,189,191,193,195..196,198..304
  name is_current_mnt_ns
base fs/read_write.c 141..237
  name vfs_readf
  name vfs_writef
base fs/splice.c 0..304
base fs/sync.c 147,153,159,165,171,175,178,180,182,184..245,248..265
base include/linux/file.h 81..82,87..88,90..91,100..101,108..109,114..115,118..121,123..128,130..133,135..215
base include/linux/fs.h 10..133,138..304
  name setfl 121,126,128,133,138..140,144..147,150..153,156..159,162..165,168..304
  name vfs_readf 141..237
  name vfs_writef 141..237
base include/linux/lockdep.h 196,199..304
  name lockdep_hlock_class
base include/linux/mnt_namespace.h 185..187,189,191,193,195..196,198..304
  name is_current_mnt_ns
base include/linux/namei.h 0..10
base include/linux/splice.h 0..304
  name do_splice_from
  name do_splice_to 0..289,291,293,297
base kernel/locking/lockdep.c 196,199..304
  name lockdep_hlock_class
mmap fs/buffer.c 11..165
  name vm_prfile 11..16,18,26,41
  name vma_file_update_time 17,19..25,27..40,42..165
mmap fs/proc/base.c 24..25,32..33,39..40,47..48,54..55,61..64,70..71,77..91,96..101,104..304
  name vma_pr_or_file/file_user_path(vma->vm_file) 297..304
  name vma_pr_or_file/vm_file->f_path 24..25,32..33,39..40,47..48,54..55,61..64,70..71,77..91,96..101,104..296
mmap fs/proc/nommu.c 0..304
  name vm_prfile 0..3,5,7..8,10..16,18,26,41
  name vmr_pr_or_file 4,6,9,17,19..25,27..40,42..304
mmap fs/proc/task_mmu.c 0..304
  name vm_prfile 0..3,5,7..8,10..16,18,26,41
  name vma_pr_or_file 4,6,9,17,19..25,27..40,42..304
mmap fs/proc/task_nommu.c 0..304
  name vm_prfile 0..3,5,7..8,10..16,18,26,41
  name vma_pr_or_file 4,6,9,17,19..25,27..40,42..304
mmap include/linux/mm.h 4,6,9,17,19..25,27..40,42..304
  name CONFIG_AUFS_FS 239..240,242..247,249..250,252..253,255..256,258..259,261..262,264..269,271..272,274..304
  name vm_prfile 4,6,9,17,19..21,27..29,34..36,42..44,49..51,56..58,65..67,72..74,92..93
  name vma_do_file_update_time
  name vma_do_fput
  name vma_do_get_file
  name vma_do_pr_or_file
  name vma_file_update_time
  name vma_fput
  name vma_get_file
  name vma_pr_or_file
  name vmr_do_fput
  name vmr_do_pr_or_file
  name vmr_fput
  name vmr_pr_or_file
mmap include/linux/mm_types.h 0..304
  name CONFIG_AUFS_FS 239..240,242..247,249..250,252..253,255..256,258..259,261..262,264..269,271..272,274..304
  name vm_prfile
mmap kernel/fork.c 0..304
  name vm_prfile 0..3,5,7..8,10..16,18,26,41
  name vma_get_file 4,6,9,17,19..25,27..40,42..304
mmap mm/Makefile 22..25,30..33,37..40,45..48,52..55,59..64,68..71,75..91,94..304
  name CONFIG_AUFS_FS 239,242,244,246,249,252,255,258,261,264,266,268,271,274,276,278,280,282,284
  name prfile
mmap mm/filemap.c 17,19..25,27..40,42..304
  name vma_file_update_time
mmap mm/fremap.c 4,6,9,17,19..25,27..40,42..133
  name prfile 20..25,28..33,35..40,43..48,50..55,57..64,66..71,73..133
  name vm_prfile 20..25,28..33,35..40,43..48,50..55,57..64,66..71,73..133
  name vma_fput
  name vma_get_file
mmap mm/madvise.c 6,17,19..25,27..40,42..81,83..87,89..90,92..100,102..108,110..114,116..118,122..123,129..130,134..135,141
  name vma_fput
  name vma_get_file
mmap mm/memory.c 0..187
  name vm_prfile 0..3,5,7..8,10..16,18,26,41
  name vma_file_update_time 4,6,9,17,19..25,27..40,42..187
mmap mm/mmap.c 0..304
  name CONFIG_AUFS_FS 239..240,242..247,249..250,252..253,255..256,258..259,261..262,264..269,271..272,274..304
  name prfile 139..140,145..147,151..153,157..159,163..165,169..171,173..304
  name vm_prfile 0..3,5,7..8,10..16,18,26,41,139..140,145..147,151..153,157..159,163..165,169..171,173..304
  name vma_fput 4,6,9,17,19..25,27..40,42..304
  name vma_get_file 4,6,9,17,19..25,27..40,42..304
mmap mm/msync.c 4,6,9,17,19..25,27..40,42..81,83..87,89..90,92..100,102..108,110..114,116..118,122..123,129..130,134..135,141
  name vma_fput
  name vma_get_file
mmap mm/nommu.c 0..304
  name vm_prfile 0..3,5,7..8,10..16,18,26,41
  name vma_fput 4,6,9,17,19..25,27..40,42..304
  name vmr_fput 4,6,9,17,19..25,27..40,42..304
mmap mm/prfile.c 22..25,30..33,37..40,45..48,52..55,59..64,68..71,75..91,94..304
  name prfile_trace
  name vm_prfile
  name vma_do_file_update_time
  name vma_do_fput
  name vma_do_get_file
  name vma_do_pr_or_file
  name vmr_do_fput
  name vmr_do_pr_or_file
standalone fs/dcache.c 80..82,86..91,99..101,107..109,113..115,117..304
  export d_exchange 183..304
  export d_walk
standalone fs/exec.c 160..304
  export path_noexec
standalone fs/fcntl.c 121,126,128,133,138..140,144..147,150..153,156..159,162..165,168..304
  export setfl
standalone fs/file_table.c 0..64,81..82,87..88,90..91,100..101,108..109,114..115,118..121,123..128,130..133,135..304
  export alloc_empty_file 216..304
  export file_sb_list_del 0..64
  export files_lglock 10..64
  export flush_delayed_fput 120..121,125..128,132..133,137..140,143..147,149..153,155..159,161..165,167..230
  export get_empty_filp 81..82,87..88,90..91,100..101,108..109,114..115,118..121,123..128,130..133,135..215
  export put_filp 81..82,87..88,90..91,100..101,108..109,114..115,118..121,123..128,130..133,135..215
standalone fs/inode.c 0..159,164..165,170..171,174..175,177..240,248..262
  export inode_sb_list_lock 0..159
  export update_time 10..133,140,146..147,152..153,158..159,164..165,170..171,174..175,177..240,248..262
standalone fs/namei.c 0..10,25,33,40,48,55,62,64,71,78,84,97,105,111
  export check_acl 25,33,40,48,55,62,64,71,78,84,97,105,111
  export deny_write_access 0..1
  export lookup_hash 0..10
standalone fs/namespace.c 0..304
  export __mnt_drop_write 16..296
  export collect_mounts 299..304
  export drop_collected_mounts 299..304
  export is_current_mnt_ns 185..187,189,191,193,195..196,198..304
  export iterate_mounts
  export vfsmount_lock 10..64
standalone fs/notify/group.c 0..304
  export fsnotify_alloc_group 0..230
  export fsnotify_get_group 14..304
  export fsnotify_put_group 0..230
standalone fs/notify/mark.c 0..230
  export fsnotify_add_mark
  export fsnotify_destroy_mark
  export fsnotify_init_mark
  export fsnotify_put_mark
standalone fs/open.c 0..304
  export do_fallocate 21..25,29..33,36..40,44..48,51..55,58..64,67..71,74..91,93..128
  export do_truncate
  export open_check_o_direct 81..82,87..88,90..91,100..101,108..109,114..115,118..121,123..128,130..133,135..215
standalone fs/read_write.c 141..304
  export vfs_read 200..304
  export vfs_readf 141..237
  export vfs_write 200..304
  export vfs_writef 141..237
standalone fs/splice.c 0..304
  export do_splice_from
  export do_splice_to 0..288
standalone fs/sync.c 147,153,159,165,171,175,178,180,182,184..245,248..265
standalone fs/xattr.c 25,33,40,48,55,62,64,71,78..82,84..91,97..101,105..109,111..304
  export vfs_getxattr_alloc
standalone kernel/locking/lockdep.c 196,199..304
  export lockdep_hlock_class
standalone kernel/task_work.c 120..121,125..128,132..133,137..140,143..147,149..153,155..159,161..165,167..304
  export task_work_run
standalone security/commoncap.c 1..200,202,204,206,208,210,212,214,216,218,221,223
  export cap_file_mmap 1..9
  export cap_mmap_addr 10..200,202,204,206,208,210,212,214,216,218,221,223
  export cap_mmap_file 10..200,202,204,206,208,210,212,214,216,218,221,223
standalone security/device_cgroup.c 0..232
  export __devcgroup_check_permission 206..232
  export __devcgroup_inode_permission 0..205
standalone security/security.c 0..304
  export security_file_mmap 0..9
  export security_file_permission
  export security_file_truncate 286..304
  export security_inode_permission
  export security_inode_readlink 0..200,202,204,206,208,210,212,214,216,218,221,223
  export security_mmap_file 10..224
  export security_path_chmod
  export security_path_chown
  export security_path_link
  export security_path_rmdir
  export security_path_symlink
  export security_path_truncate 0..285
`;
