/*
 * Tests registers.c of User-mode Linux on a host whose extended state has the length in the first argument: reads the
 * registers, changes the part that UML keeps, and sets them. 0: they are set, and the rest is unchanged.
 *
 * ptrace() below simulates the host, after kernel/ptrace.c and arch/x86/kernel/fpu/regset.c: a longer buffer is cut to
 * the length of the state, and a shorter one is refused.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>

#define KEPT 2696
#define UM_KERN_ERR ""
#define printk printf
#define FP_SIZE (KEPT / sizeof(unsigned long))
enum { HOST_IP, HOST_SP, HOST_BP };
typedef struct {
	unsigned long __rip, __rsp, __rbp;
} jmp_buf[1];

#include "registers.c"

static unsigned char state[65536];
static size_t size;

long ptrace(enum __ptrace_request request, ...)
{
	va_list words;
	struct iovec *iov;
	unsigned long kind;

	va_start(words, request);
	va_arg(words, int);
	kind = va_arg(words, unsigned long);
	iov = va_arg(words, struct iovec *);
	va_end(words);
	if ((request != PTRACE_GETREGSET && request != PTRACE_SETREGSET) || kind != NT_X86_XSTATE)
		exit(3);
	if (iov->iov_len > size)
		iov->iov_len = size;
	if (request == PTRACE_GETREGSET) {
		memcpy(iov->iov_base, state, iov->iov_len);
	} else if (iov->iov_len != size) {
		errno = EFAULT;
		return -1;
	} else {
		memcpy(state, iov->iov_base, size);
	}
	return 0;
}

int main(int argc, char **argv)
{
	unsigned long registers[FP_SIZE];
	size_t kept, at;
	int error;

	size = argc > 1 ? strtoul(argv[1], NULL, 10) : 0;
	kept = size < KEPT ? size : KEPT;
	memset(state, 'h', sizeof(state));
	arch_init_registers(1);
	if (get_fp_registers(1, registers) != 0)
		return 2;
	memset(registers, 'g', sizeof(registers));
	error = put_fp_registers(1, registers);
	if (error != 0) {
		printf("errno %d\n", -error);
		return 1;
	}
	for (at = 0; at < size; at++)
		if (state[at] != (at < kept ? 'g' : 'h')) {
			printf("byte %zu is not what it should be\n", at);
			return 1;
		}
	return 0;
}
