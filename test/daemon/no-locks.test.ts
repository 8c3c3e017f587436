import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { layOutDemo } from '../../src/demo/lay-out-demo.ts';
import { aufswatch } from '../support/program.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { needs } from '../support/tools.ts';

/** Like a file system without a lock manager (NFS, some FUSE): every request for a lock fails. */
const WITHOUT_LOCKS = `#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
static int refused(const char *name, int fd, int how, void *argument)
{
	int (*real)(int, int, void *) = dlsym(RTLD_NEXT, name);
	if (how == F_SETLK || how == F_SETLKW) {
		errno = ENOLCK;
		return -1;
	}
	return real(fd, how, argument);
}
int fcntl(int fd, int how, ...)
{
	va_list all;
	va_start(all, how);
	return refused("fcntl", fd, how, va_arg(all, void *));
}
int fcntl64(int fd, int how, ...)
{
	va_list all;
	va_start(all, how);
	return refused("fcntl64", fd, how, va_arg(all, void *));
}
`;

test('a file system without locks is reported as such, not as another daemon', {
  skip: needs('gcc'),
}, () => {
  const directory = temporaryDirectory();
  const root = join(directory, 'root');
  mkdirSync(root);
  assert.ok(layOutDemo(root, Date.now()).ok);
  const [source, library] = [join(directory, 'locks.c'), join(directory, 'locks.so')];
  writeFileSync(source, WITHOUT_LOCKS);
  execFileSync('gcc', ['-shared', '-fPIC', '-o', library, source, '-ldl']);
  const answer = aufswatch(['daemon', '--once', '--root', root], { env: { LD_PRELOAD: library } });
  const output = answer.out + answer.error;
  assert.match(output, /gives no locks/);
  assert.doesNotMatch(output, /another aufswatch daemon/);
  assert.equal(answer.status, 1, 'nothing was recorded');
});
