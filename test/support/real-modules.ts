import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { layOut } from './temporary.ts';
import { needs } from './tools.ts';

const SOURCES = '/usr/src';

/** Debian's kernel headers, with which a module can be compiled; null: not installed. */
export function kernelHeaders(): string | null {
  if (!existsSync(SOURCES)) return null;
  const name = readdirSync(SOURCES).find((entry) => /^linux-headers-.*\d-amd64$/.test(entry));
  return name === undefined ? null : join(SOURCES, name);
}

/** For a test's `skip`: what is missing to compile modules and to run kmod and binutils on them. */
export function needsRealModules(...tools: readonly string[]): string | false {
  const missing = needs('gcc', 'make', 'modinfo', 'modprobe', 'nm', ...tools);
  if (missing !== false) return missing;
  return kernelHeaders() === null ? 'needs linux-headers-amd64' : false;
}

const GIVER = `#include <linux/module.h>
int giver_free(int x) { return x + 1; }
EXPORT_SYMBOL(giver_free);
int giver_gpl(int x) { return x + 2; }
EXPORT_SYMBOL_GPL(giver_gpl);
int giver_apart(int x) { return x + 3; }
EXPORT_SYMBOL_NS_GPL(giver_apart, GIVER_SPACE);
MODULE_LICENSE("Dual MIT/GPL");
MODULE_VERSION("1.2.3-test");
MODULE_DESCRIPTION("gives symbols");
`;

const TAKER = `#include <linux/module.h>
#include <linux/slab.h>
int giver_free(int); int giver_gpl(int); int giver_apart(int);
extern int nowhere_at_all(int) __attribute__((weak));
static int __init taker_init(void)
{
	void *p = kmalloc(giver_free(8), GFP_KERNEL);
	kfree(p);
	if (nowhere_at_all) nowhere_at_all(1);
	pr_info("%d %d\\n", giver_gpl(1), giver_apart(2));
	return 0;
}
static void __exit taker_exit(void) { }
module_init(taker_init);
module_exit(taker_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("takes symbols");
MODULE_IMPORT_NS(GIVER_SPACE);
`;

/** Compiles two modules, `giver` and `taker`, in a directory, and returns the directory. */
export function compileModules(directory: string): string {
  const headers = kernelHeaders();
  if (headers === null) throw new Error('linux-headers-amd64 is not installed');
  layOut(directory, {
    'give-r.c': GIVER,
    'taker.c': TAKER,
    Makefile: 'obj-m := give-r.o taker.o\n',
  });
  const options = ['-C', headers, `M=${directory}`, 'modules'];
  execFileSync('make', options, { stdio: 'pipe', timeout: 300_000 });
  return directory;
}

/** Runs a tool such as those of kmod and binutils, and returns its output. */
export function tool(name: string, ...args: readonly string[]): string {
  const env = { ...process.env, PATH: `${process.env.PATH}:/sbin:/usr/sbin`, LC_ALL: 'C' };
  return execFileSync(name, args, { encoding: 'utf8', env, stdio: 'pipe', maxBuffer: 64 * 1024 * 1024 });
}
