import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, realpathSync, rmdirSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';

/** For a test's `skip` option: false if this process may mount file systems, else the reason. */
export function needsMount(): string | false {
  try {
    execFileSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'none', '/mnt'], { stdio: 'ignore' });
    return process.getuid?.() === 0 ? false : 'needs root, to mount a file system';
  } catch {
    return 'needs the right to mount a file system';
  }
}

export interface Mounted {
  readonly directory: string;
  /** Remounts it with these options, as `ro`. */
  options(text: string): void;
}

/** A small tmpfs for the test; it is unmounted when the test is over. */
export function mountTmpfs(size: string): Mounted {
  const directory = mkdtempSync(join(realpathSync(tmpdir()), 'aufswatch-mount-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size},mode=755`, 'none', directory]);
  after(() => {
    // Lazily: a process of the test that is still ending must not prevent it.
    execFileSync('umount', ['-l', directory]);
    rmdirSync(directory);
  });
  return {
    directory,
    options: (text) => void execFileSync('mount', ['-o', `remount,${text}`, directory]),
  };
}

/** Writes a file until the disk is full. */
export function fillDisk(path: string): void {
  const fd = openSync(path, 'w');
  try {
    for (let size = 65536; size > 0; size = Math.floor(size / 2)) fillWith(fd, Buffer.alloc(size, 1));
  } finally {
    closeSync(fd);
  }
}

function fillWith(fd: number, piece: Buffer): void {
  try {
    for (;;) writeSync(fd, piece);
  } catch {
    // Full for pieces of this size.
  }
}
