// SPDX-License-Identifier: GPL-2.0-or-later
/* An out-of-tree module like many: it uses what every kernel has, and a structure that the patches change. */
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>

static void *memory;

static int __init plain_init(void)
{
	memory = kmalloc(sizeof(struct vm_area_struct), GFP_KERNEL);
	return memory ? 0 : -ENOMEM;
}

static void __exit plain_exit(void)
{
	kfree(memory);
}

/* Here to be linked: its CRC follows the structure. */
void *plain_uses[] = { vm_insert_page, find_vma };

module_init(plain_init);
module_exit(plain_exit);
MODULE_LICENSE("GPL");
MODULE_VERSION("1.0");
