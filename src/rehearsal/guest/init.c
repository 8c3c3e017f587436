/*
 * The first and only process of a rehearsal: loads the modules in /aufswatch-job into the running kernel, tries AUFS if
 * the job has that line, and reports the result of each. Compiled without libc by packaging/compile-guest.ts.
 *
 * The lines of the job:
 *
 *   nonce HEX              marks the reports of this boot
 *   load PATH [OPTIONS]    a module of the archive, and its options
 *   unload NAME
 *   aufs                   mount AUFS over two branches and use it
 */
#include "report.h"
#include "try-aufs.h"

#define JOB_MAX (1 << 20)

static char job[JOB_MAX + 1];
static char record[8192];
static long kmsg = -1;

/* Reports the new records of the kernel's log, one report for each. */
static void report_log(void)
{
	for (;;) {
		long size = sys_read(kmsg, record, sizeof(record));

		if (size == -EPIPE || size == -EINTR)
			continue; /* Some records were overwritten; read the next ones. */
		if (size <= 0)
			return;
		begin("log");
		add_word(record, size);
		send();
	}
}

static void skip_log(void)
{
	for (;;) {
		long size = sys_read(kmsg, record, sizeof(record));

		if (size <= 0 && size != -EPIPE && size != -EINTR)
			return;
	}
}

static void report_kernel(void)
{
	static struct names names;

	call(NR_uname, (long)&names, 0, 0, 0, 0);
	begin("kernel");
	add_word(names.release, length(names.release));
	add_word(names.version, length(names.version));
	add_word(kmsg < 0 ? "silent" : "logs", kmsg < 0 ? 6 : 4);
	send();
}

/* The log is sent between the two reports, so that it is known over which module a kernel died. */
static void report_begun(long step)
{
	begin("begin");
	add_number(step);
	send();
}

static void report_done(long step, long result)
{
	report_log();
	begin("end");
	add_number(step);
	add_number(-result);
	send();
}

static long load(char *words)
{
	char *options = words;
	long file, result;

	while (*options && *options != ' ')
		options++;
	if (*options)
		*options++ = 0;
	file = sys_open(words, O_RDONLY);
	if (file < 0)
		return file;
	result = call(NR_finit_module, file, (long)options, 0, 0, 0);
	sys_close(file);
	return result;
}

static void do_line(long step, char *text)
{
	if (starts(text, "load ")) {
		report_begun(step);
		report_done(step, load(text + 5));
	} else if (starts(text, "unload ")) {
		report_begun(step);
		report_done(step, call(NR_delete_module, (long)text + 7, O_NONBLOCK, 0, 0, 0));
	} else if (starts(text, "aufs")) {
		report_begun(step);
		report_done(step, try_aufs());
	}
}

static void read_job(void)
{
	long file = sys_open("/aufswatch-job", O_RDONLY);
	usize size = 0;

	for (;;) {
		long more = sys_read(file, job + size, JOB_MAX - size);

		if (more <= 0)
			break;
		size += more;
	}
	sys_close(file);
	job[size] = 0;
}

/* Returns the next line and removes it from rest; 0: there is none. */
static char *next_line(char **rest)
{
	char *start = *rest, *end = start;

	if (!*start)
		return 0;
	while (*end && *end != '\n')
		end++;
	*rest = *end ? end + 1 : end;
	*end = 0;
	return start;
}

__attribute__((used, noreturn)) void run(void)
{
	char *rest = job, *text;
	long step = 0;

	sys_mkdir("/proc");
	sys_mkdir("/sys");
	sys_mount("proc", "/proc", 0);
	sys_mount("sysfs", "/sys", 0);
	sys_mknod("/aufswatch-kmsg", 1, 11);
	kmsg = sys_open("/aufswatch-kmsg", O_RDONLY | O_NONBLOCK);
	open_channel();
	read_job();
	text = next_line(&rest);
	if (text && starts(text, "nonce "))
		for (usize at = 0; at < sizeof(nonce) - 1 && text[6 + at]; at++)
			nonce[at] = text[6 + at];
	report_kernel();
	skip_log();
	while ((text = next_line(&rest)))
		do_line(step++, text);
	begin("done");
	add_number(step);
	send();
	/* LINUX_REBOOT_CMD_POWER_OFF; if the machine cannot power off, QEMU is killed. */
	call(NR_reboot, 0xfee1deadL, 672274793, 0x4321fedc, 0, 0);
	for (;;)
		call(NR_exit, 0, 0, 0, 0, 0);
}
