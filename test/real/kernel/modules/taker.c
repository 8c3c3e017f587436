// SPDX-License-Identifier: GPL-2.0-or-later
/* Uses what the giver exports, and a symbol that may be missing. */
#include <linux/module.h>

int giver_free(int x);
int giver_gpl(int x);
int giver_apart(int x);
extern int nowhere_at_all(void) __attribute__((weak));

static int __init taker_init(void)
{
	if (nowhere_at_all)
		return -EINVAL;
	return giver_free(1) + giver_gpl(1) + giver_apart(1) == 9 ? 0 : -EINVAL;
}

static void __exit taker_exit(void)
{
}

module_init(taker_init);
module_exit(taker_exit);
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS(GIVER_SPACE);
