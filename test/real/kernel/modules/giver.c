// SPDX-License-Identifier: GPL-2.0-or-later
/* Exports for another module: to all, to GPL-compatible ones, and in a namespace. */
#include <linux/module.h>

int giver_free(int x)
{
	return x + 1;
}
EXPORT_SYMBOL(giver_free);

int giver_gpl(int x)
{
	return x + 2;
}
EXPORT_SYMBOL_GPL(giver_gpl);

int giver_apart(int x)
{
	return x + 3;
}
EXPORT_SYMBOL_NS_GPL(giver_apart, GIVER_SPACE);

MODULE_LICENSE("GPL");
