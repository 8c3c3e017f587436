// SPDX-License-Identifier: GPL-2.0-or-later
/* Exports what a patched kernel exports as well. */
#include <linux/module.h>

int setfl(int x);

int setfl(int x)
{
	return x;
}
EXPORT_SYMBOL(setfl);

MODULE_LICENSE("GPL");
