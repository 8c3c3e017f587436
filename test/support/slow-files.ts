import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { needsMount } from './mounted.ts';
import { endBeforeRemoval, temporaryDirectory } from './temporary.ts';
import { needs } from './tools.ts';
import { until } from './wait.ts';

const SOURCE = join(import.meta.dirname, '../../../test/support/slow-files.c');

/** For a test's `skip` option: false where a file system of a process (FUSE) can be made and mounted, else the reason. */
export function needsFuse(): string | false {
  const missing = needs('gcc');
  if (missing !== false) return missing;
  if (!existsSync('/usr/include/fuse3/fuse.h')) return 'needs libfuse3-dev';
  return existsSync('/dev/fuse') ? needsMount() : 'needs /dev/fuse';
}

/** Another view of a directory, which answers as slowly as it is told. */
export interface SlowFiles {
  readonly directory: string;
  /** ms that each call takes; 'never': none is answered until it is told otherwise. */
  answersAfter(time: number | 'never'): void;
}

/** Mounts it; it goes when the test is over. */
export async function slowFiles(shown: string): Promise<SlowFiles> {
  const work = temporaryDirectory();
  const [control, directory, program] = [join(work, 'control'), join(work, 'slow'), join(work, 'slow-files')];
  mkdirSync(control);
  mkdirSync(directory);
  execFileSync('gcc', ['-D_FILE_OFFSET_BITS=64', '-I/usr/include/fuse3', SOURCE, '-o', program, '-lfuse3']);
  const server = spawn(program, [control, shown, directory], { stdio: 'ignore' });
  endBeforeRemoval(() => {
    // Whoever waits for an answer gets an error, and can end.
    execFileSync('umount', ['-f', '-l', directory]);
    server.kill('SIGKILL');
  });
  await until('it is mounted', () => readFileSync('/proc/self/mountinfo', 'utf8').includes(` ${directory} `));
  return {
    directory,
    answersAfter: (time) => {
      const [hang, delay] = [join(control, 'hang'), join(control, 'delay')];
      if (time === 'never') return writeFileSync(hang, '');
      writeFileSync(delay, String(time));
      rmSync(hang, { force: true });
    },
  };
}
