/* Uses AUFS as a machine does: a writable branch over a read-only one. */
#ifndef TRY_AUFS_H
#define TRY_AUFS_H

#include "report.h"

#define LOWER "/aufswatch-lower"
#define UPPER "/aufswatch-upper"
#define UNION "/aufswatch-union"

static long write_file(const char *path, const char *text)
{
	long file = sys_open(path, O_RDWR | O_CREAT);
	long done;

	if (file < 0)
		return file;
	done = sys_write(file, text, length(text));
	sys_close(file);
	return done < 0 ? done : 0;
}

/* Returns 0 if the file begins with the text. */
static long read_file(const char *path, const char *text)
{
	char found[64] = { 0 };
	long file = sys_open(path, O_RDONLY);
	long done;

	if (file < 0)
		return file;
	done = sys_read(file, found, sizeof(found) - 1);
	sys_close(file);
	return done < 0 ? done : starts(found, text) ? 0 : -5 /* EIO */;
}

static long is_there(const char *path)
{
	long file = sys_open(path, O_RDONLY);

	if (file >= 0)
		sys_close(file);
	return file < 0 ? file : 0;
}

/* Reports a failed step, as text for a person; returns its error. */
static long reported(const char *step, long result)
{
	if (result != 0) {
		begin("aufs");
		add_word(step, length(step));
		send();
	}
	return result;
}

static long use_aufs(void)
{
	long result;

	if ((result = reported("read a file of the lower branch", read_file(UNION "/below", "below"))))
		return result;
	if ((result = reported("write a new file", write_file(UNION "/new", "new"))))
		return result;
	if ((result = reported("find the new file in the upper branch", read_file(UPPER "/new", "new"))))
		return result;
	if ((result = reported("remove a file of the lower branch", sys_unlink(UNION "/below"))))
		return result;
	if (is_there(UNION "/below") == 0)
		return reported("no longer see the file that was removed", -17 /* EEXIST */);
	if ((result = reported("find its whiteout in the upper branch", is_there(UPPER "/.wh.below"))))
		return result;
	return reported("leave the lower branch alone", read_file(LOWER "/below", "below"));
}

static long try_aufs(void)
{
	long result, unmounted;

	sys_mkdir(LOWER);
	sys_mkdir(UPPER);
	sys_mkdir(UNION);
	if ((result = reported("mount a tmpfs", sys_mount("tmpfs", LOWER, 0))))
		return result;
	if ((result = reported("mount a tmpfs", sys_mount("tmpfs", UPPER, 0))))
		return result;
	if ((result = reported("write to a tmpfs", write_file(LOWER "/below", "below"))))
		return result;
	if ((result = reported("mount aufs", sys_mount("aufs", UNION, "br=" UPPER "=rw:" LOWER "=ro"))))
		return result;
	result = use_aufs();
	unmounted = reported("unmount aufs", sys_umount(UNION));
	return result ? result : unmounted;
}

#endif
