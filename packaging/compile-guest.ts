import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** No libc, no start files, nothing that one of them brings along: the guest is the only file of its system. */
const WORDS = [
  ...[
    '-Os',
    '-Wall',
    '-Wextra',
    '-static',
    '-nostdlib',
    '-nostartfiles',
    '-ffreestanding',
    '-fno-pic',
    '-no-pie',
  ],
  // What distributions switch on by default and wants a libc.
  ...['-fno-stack-protector', '-fcf-protection=none', '-U_FORTIFY_SOURCE', '-fno-asynchronous-unwind-tables'],
  // memset() and memcpy() of the guest would be made of calls of themselves.
  ...['-fno-tree-loop-distribute-patterns', '-Wl,--build-id=none', '-Wl,-z,noexecstack'],
];
const FOR_X86 = '-fcf-protection=none';

/** For which machine, and with what; of several compilers with the first that works. */
export interface GuestTarget {
  readonly arch: NodeJS.Architecture;
  readonly compilers: readonly string[];
}

function thisMachine(): GuestTarget {
  return { arch: process.arch, compilers: process.env.CC ? [process.env.CC] : ['cc', 'gcc', 'clang'] };
}

/**
 * Compiles src/rehearsal/guest, for this machine where nothing else is said, with $CC or the first compiler that is there.
 * Returns null, or why it is left out; `rehearse` says so then, and all else works.
 */
export function compileGuest(
  packageDirectory: string,
  target: string,
  { arch, compilers }: GuestTarget = thisMachine(),
): string | null {
  const source = join(packageDirectory, 'src/rehearsal/guest/init.c');
  const words = WORDS.filter((word) => word !== FOR_X86 || arch === 'x64');
  let why = 'there is no C compiler';
  for (const compiler of compilers) {
    const [program = '', ...more] = compiler.split(' ').filter(Boolean);
    const done = spawnSync(program, [...more, ...words, '-o', target, source], { encoding: 'utf8' });
    if (done.status === 0) return null;
    if (done.error === undefined) why = `${compiler} fails: ${done.stderr.trim().split('\n')[0] ?? ''}`;
  }
  return why;
}
