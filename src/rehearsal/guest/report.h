/*
 * The reports of the guest, one line each:
 *
 *   @aufswatch NONCE NUMBER KIND WORD… CRC
 *
 * NUMBER counts from 0 and shows lost lines. CRC is the CRC-32 of everything before it, in hex, and shows damaged lines.
 * NONCE is new for each boot. In a word, all bytes except visible ASCII are written as %XX.
 *
 * They go to the debug console of QEMU, an I/O port: it needs no driver, and custom kernels often have no drivers for
 * QEMU's devices. If the kernel forbids ports (lockdown), or the machine has none, they go to the serial line.
 */
#ifndef REPORT_H
#define REPORT_H

#include "system.h"

#define LINE_MAX 4096

static char nonce[33];
static char line[LINE_MAX];
static usize used;
static u32 number;
/* Descriptor of the serial line; negative: the port is used. */
static long serial = -1;

#if defined(__x86_64__)

#define DEBUG_PORT 0xe9
#define SERIAL_MAJOR 4
#define SERIAL_MINOR 64

/* A debug console returns its own port number; without a device all bits are set. */
static int has_port(void)
{
	u8 answer;

	if (call(NR_ioperm, DEBUG_PORT, 1, 1, 0, 0) != 0)
		return 0;
	__asm__ volatile("inb %w1, %0" : "=a"(answer) : "Nd"(DEBUG_PORT));
	return answer == DEBUG_PORT;
}

static void put_port(const char *bytes, usize size)
{
	__asm__ volatile("rep outsb" : "+S"(bytes), "+c"(size) : "d"(DEBUG_PORT) : "memory");
}

#else

#define SERIAL_MAJOR 204
#define SERIAL_MINOR 64

static int has_port(void)
{
	return 0;
}

static void put_port(const char *bytes, usize size)
{
	(void)bytes;
	(void)size;
}

#endif

/* SYSLOG_ACTION_CONSOLE_OFF, syslog(2) */
#define SYSLOG_CONSOLE_OFF 6

/* With an argument other than 0 it waits until all is sent: tcdrain(3). */
#define TCSBRK 0x5409

static void open_channel(void)
{
	if (has_port())
		return;
	/* The kernel would write to the same line, in the middle of a report. Its log is read separately; a panic is still printed. */
	call(NR_syslog, SYSLOG_CONSOLE_OFF, 0, 0, 0, 0);
	sys_mknod("/aufswatch-serial", SERIAL_MAJOR, SERIAL_MINOR);
	serial = sys_open("/aufswatch-serial", O_RDWR);
	if (serial >= 0)
		return;
	sys_mknod("/aufswatch-console", 5, 1);
	serial = sys_open("/aufswatch-console", O_RDWR);
}

static void put(const char *bytes, usize size)
{
	if (serial < 0) {
		put_port(bytes, size);
		return;
	}
	while (size > 0) {
		long done = sys_write(serial, bytes, size);

		if (done == -EINTR || done == -EAGAIN)
			continue;
		if (done <= 0)
			return;
		bytes += done;
		size -= done;
	}
}

static u32 crc32(const char *bytes, usize size)
{
	u32 crc = ~0u;

	while (size--) {
		crc ^= (u8)*bytes++;
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
	}
	return ~crc;
}

static void add_byte(char byte)
{
	/* Leaves room for the CRC. */
	if (used < LINE_MAX - 16)
		line[used++] = byte;
}

static void add_hex(u32 value, int digits)
{
	while (digits--)
		add_byte("0123456789abcdef"[value >> 4 * digits & 15]);
}

static void add_word(const char *text, usize size)
{
	add_byte(' ');
	for (usize at = 0; at < size; at++) {
		u8 byte = text[at];

		if (byte > 0x20 && byte < 0x7f && byte != '%') {
			add_byte(byte);
		} else {
			add_byte('%');
			add_hex(byte, 2);
		}
	}
}

static void add_number(long value)
{
	char digits[20];
	usize at = sizeof(digits);

	add_byte(' ');
	if (value < 0) {
		add_byte('-');
		value = -value;
	}
	do
		digits[--at] = '0' + value % 10;
	while (value /= 10);
	while (at < sizeof(digits))
		add_byte(digits[at++]);
}

static void begin(const char *kind)
{
	used = 0;
	for (const char *text = "@aufswatch"; *text; text++)
		add_byte(*text);
	add_word(nonce, length(nonce));
	add_number(number++);
	add_word(kind, length(kind));
}

static void send(void)
{
	u32 crc = crc32(line, used);

	line[used++] = ' ';
	for (int digit = 7; digit >= 0; digit--)
		line[used++] = "0123456789abcdef"[crc >> 4 * digit & 15];
	line[used++] = '\n';
	/* The kernel may have stopped within a line. */
	put("\n", 1);
	put(line, used);
	/* Bytes that are not sent yet are lost at power-off, and mix with the last messages of a dying kernel. */
	if (serial >= 0)
		call(NR_ioctl, serial, TCSBRK, 1, 0, 0);
}

#endif
