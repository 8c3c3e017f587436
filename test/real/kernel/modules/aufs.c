// SPDX-License-Identifier: GPL-2.0-or-later
/* Stands in for AUFS in the tests: registers its name, and uses what its patches bring. */
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/mnt_namespace.h>
#include <linux/module.h>
#include <linux/splice.h>

static struct dentry *stand_in_mount(struct file_system_type *type, int flags, const char *name, void *data)
{
	return ERR_PTR(-ENOSYS);
}

static struct file_system_type stand_in = {
	.owner = THIS_MODULE,
	.name = "aufs",
	.mount = stand_in_mount,
};

/* Never called with anything: they are here to be linked. */
void *stand_in_uses[] = { setfl, is_current_mnt_ns, do_splice_from, vma_do_get_file, vma_do_fput };

static int __init stand_in_init(void)
{
	return register_filesystem(&stand_in);
}

static void __exit stand_in_exit(void)
{
	unregister_filesystem(&stand_in);
}

module_init(stand_in_init);
module_exit(stand_in_exit);
MODULE_LICENSE("GPL");
MODULE_VERSION("6.1-20240701");
MODULE_DESCRIPTION("stands in for AUFS");
