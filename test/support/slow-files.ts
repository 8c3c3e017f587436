import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { needsMount } from './mounted.ts';
import { endBeforeRemoval, temporaryDirectory } from './temporary.ts';
import { needs } from './tools.ts';
import { until } from './wait.ts';

const SOURCE = join(import.meta.dirname, '../../../test/support/slow-files.c');

/** For a test's `skip` option: false if a FUSE file system can be compiled and mounted, else the reason. */
export function needsFuse(): string | false {
  const missing = needs('gcc');
  if (missing !== false) return missing;
  if (!existsSync('/usr/include/fuse3/fuse.h')) return 'needs libfuse3-dev';
  return existsSync('/dev/fuse') ? needsMount() : 'needs /dev/fuse';
}

/** Another view of a directory that answers with a given delay. */
export interface SlowFiles {
  readonly directory: string;
  /** Delay of each call, ms; 'never': no call is answered until the delay changes. */
  answersAfter(time: number | 'never'): void;
}

/** Mounts it. It is unmounted when the test is over. */
export async function slowFiles(shown: string): Promise<SlowFiles> {
  const work = temporaryDirectory();
  const [control, directory, program] = [join(work, 'control'), join(work, 'slow'), join(work, 'slow-files')];
  mkdirSync(control);
  mkdirSync(directory);
  execFileSync('gcc', ['-D_FILE_OFFSET_BITS=64', '-I/usr/include/fuse3', SOURCE, '-o', program, '-lfuse3']);
  const server = spawn(program, [control, shown, directory], { stdio: 'ignore' });
  endBeforeRemoval(() => {
    // A process that waits for an answer gets an error, and can end.
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
