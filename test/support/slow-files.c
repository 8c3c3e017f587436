/*
 * A file system that shows a directory with delays. It is controlled by files in the directory CONTROL: while `delay`
 * exists, each call takes the number of milliseconds in it; while `hang` exists, no call is answered.
 * Usage: slow-files CONTROL DIRECTORY MOUNTPOINT
 */
#define FUSE_USE_VERSION 31
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fuse.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *control, *shown;

static void wait_as_configured(void)
{
	char path[PATH_MAX];
	int ms = 0;
	FILE *file;

	snprintf(path, sizeof(path), "%s/hang", control);
	while (access(path, F_OK) == 0)
		usleep(10000);
	snprintf(path, sizeof(path), "%s/delay", control);
	file = fopen(path, "r");
	if (!file)
		return;
	if (fscanf(file, "%d", &ms) == 1)
		usleep(ms * 1000);
	fclose(file);
}

static const char *real(char *out, const char *path)
{
	wait_as_configured();
	snprintf(out, PATH_MAX, "%s%s", shown, path);
	return out;
}

static int slow_getattr(const char *path, struct stat *stat, struct fuse_file_info *info)
{
	char there[PATH_MAX];

	(void)info;
	return lstat(real(there, path), stat) ? -errno : 0;
}

static int slow_readlink(const char *path, char *target, size_t size)
{
	char there[PATH_MAX];
	ssize_t length = readlink(real(there, path), target, size - 1);

	if (length < 0)
		return -errno;
	target[length] = 0;
	return 0;
}

static int slow_readdir(const char *path, void *names, fuse_fill_dir_t fill, off_t offset,
			struct fuse_file_info *info, enum fuse_readdir_flags flags)
{
	char there[PATH_MAX];
	struct dirent *entry;
	DIR *directory = opendir(real(there, path));

	(void)offset;
	(void)info;
	(void)flags;
	if (!directory)
		return -errno;
	while ((entry = readdir(directory))) {
		struct stat stat = { .st_ino = entry->d_ino, .st_mode = DTTOIF(entry->d_type) };

		fill(names, entry->d_name, &stat, 0, 0);
	}
	closedir(directory);
	return 0;
}

static int slow_open(const char *path, struct fuse_file_info *info)
{
	char there[PATH_MAX];
	int fd = open(real(there, path), O_RDONLY);

	if (fd < 0)
		return -errno;
	info->fh = fd;
	return 0;
}

static int slow_read(const char *path, char *bytes, size_t size, off_t offset, struct fuse_file_info *info)
{
	ssize_t length;

	(void)path;
	wait_as_configured();
	length = pread(info->fh, bytes, size, offset);
	return length < 0 ? -errno : (int)length;
}

static int slow_release(const char *path, struct fuse_file_info *info)
{
	(void)path;
	close(info->fh);
	return 0;
}

/* Without caches in the kernel, every call reaches this program. */
static void *slow_init(struct fuse_conn_info *connection, struct fuse_config *config)
{
	(void)connection;
	config->entry_timeout = config->attr_timeout = config->negative_timeout = 0;
	config->use_ino = 1;
	return NULL;
}

static const struct fuse_operations operations = {
	.init = slow_init,
	.getattr = slow_getattr,
	.readlink = slow_readlink,
	.readdir = slow_readdir,
	.open = slow_open,
	.read = slow_read,
	.release = slow_release,
};

int main(int argc, char **argv)
{
	char *words[] = { argv[0], "-f", "-o", "allow_other", argv[3], NULL };

	if (argc != 4)
		return 64;
	control = argv[1];
	shown = argv[2];
	return fuse_main(5, words, &operations, NULL);
}
