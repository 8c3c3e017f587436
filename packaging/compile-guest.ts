import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** No libc, no start files, and nothing that depends on them: the guest is the only file of its system. */
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
  // Switched off: distributions enable these by default, and they need a libc.
  ...['-fno-stack-protector', '-fcf-protection=none', '-U_FORTIFY_SOURCE', '-fno-asynchronous-unwind-tables'],
  // Otherwise the compiler turns the loops of the guest's memset() and memcpy() into calls of themselves.
  ...['-fno-tree-loop-distribute-patterns', '-Wl,--build-id=none', '-Wl,-z,noexecstack'],
];
const FOR_X86 = '-fcf-protection=none';

/** The machine that the guest runs on, and the compilers to try. The first that works is used. */
export interface GuestTarget {
  readonly arch: NodeJS.Architecture;
  readonly compilers: readonly string[];
}

function thisMachine(): GuestTarget {
  return { arch: process.arch, compilers: process.env.CC ? [process.env.CC] : ['cc', 'gcc', 'clang'] };
}

/**
 * Compiles src/rehearsal/guest, by default for this machine, with $CC or the first compiler that works. Returns null, or
 * why there is no guest; then only `rehearse` does not work.
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
