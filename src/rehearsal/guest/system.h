/* System calls and types without libc: the guest is one static file that any kernel of the machine can start. */
#ifndef SYSTEM_H
#define SYSTEM_H

typedef unsigned char u8;
typedef unsigned int u32;
typedef unsigned long usize;

#define O_RDONLY 0
#define O_RDWR 2
#define O_CREAT 0100
#define O_NONBLOCK 04000
#define AT_FDCWD (-100)
#define EINTR 4
#define EAGAIN 11
#define EPIPE 32
#define S_IFCHR 0020000

struct names {
	char sysname[65], nodename[65], release[65], version[65], machine[65], domain[65];
};

#if defined(__x86_64__)

enum {
	NR_read = 0, NR_write = 1, NR_close = 3, NR_ioctl = 16, NR_exit = 60, NR_uname = 63, NR_syslog = 103,
	NR_mount = 165, NR_umount = 166, NR_reboot = 169, NR_ioperm = 173, NR_delete_module = 176, NR_openat = 257, NR_mkdirat = 258, NR_mknodat = 259,
	NR_unlinkat = 263, NR_finit_module = 313
};

static long call(long number, long a, long b, long c, long d, long e)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	long result;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8)
			 : "rcx", "r11", "memory");
	return result;
}

__asm__(".globl _start\n_start:\n\txor %ebp, %ebp\n\tand $-16, %rsp\n\tcall run\n");

#elif defined(__aarch64__)

enum {
	NR_ioctl = 29,
	NR_mknodat = 33, NR_mkdirat = 34, NR_unlinkat = 35, NR_umount = 39, NR_mount = 40, NR_openat = 56, NR_close = 57,
	NR_read = 63, NR_write = 64, NR_exit = 93, NR_delete_module = 106, NR_syslog = 116, NR_reboot = 142, NR_uname = 160,
	NR_finit_module = 273
};

static long call(long number, long a, long b, long c, long d, long e)
{
	register long x8 __asm__("x8") = number;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;
	register long x3 __asm__("x3") = d;
	register long x4 __asm__("x4") = e;

	__asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4) : "memory");
	return x0;
}

__asm__(".globl _start\n_start:\n\tmov x29, #0\n\tbl run\n");

#else
#error "no guest for this machine"
#endif

static inline long sys_open(const char *path, int flags)
{
	return call(NR_openat, AT_FDCWD, (long)path, flags, 0600, 0);
}

static inline long sys_read(long file, void *buffer, usize size)
{
	return call(NR_read, file, (long)buffer, size, 0, 0);
}

static inline long sys_write(long file, const void *buffer, usize size)
{
	return call(NR_write, file, (long)buffer, size, 0, 0);
}

static inline void sys_close(long file)
{
	call(NR_close, file, 0, 0, 0, 0);
}

static inline long sys_mkdir(const char *path)
{
	return call(NR_mkdirat, AT_FDCWD, (long)path, 0755, 0, 0);
}

static inline long sys_unlink(const char *path)
{
	return call(NR_unlinkat, AT_FDCWD, (long)path, 0, 0, 0);
}

/* A character device; major and minor are small. */
static inline long sys_mknod(const char *path, int major, int minor)
{
	return call(NR_mknodat, AT_FDCWD, (long)path, S_IFCHR | 0600, major << 8 | minor, 0);
}

static inline long sys_mount(const char *type, const char *where, const char *options)
{
	return call(NR_mount, (long)"none", (long)where, (long)type, 0, (long)options);
}

static inline long sys_umount(const char *where)
{
	return call(NR_umount, (long)where, 0, 0, 0, 0);
}

/* gcc generates calls of these. */
void *memset(void *to, int value, usize size)
{
	u8 *at = to;

	while (size--)
		*at++ = value;
	return to;
}

void *memcpy(void *to, const void *from, usize size)
{
	u8 *out = to;
	const u8 *in = from;

	while (size--)
		*out++ = *in++;
	return to;
}

static usize length(const char *text)
{
	usize count = 0;

	while (text[count])
		count++;
	return count;
}

static int starts(const char *text, const char *with)
{
	while (*with)
		if (*text++ != *with++)
			return 0;
	return 1;
}

#endif
