import { closeSync, constants, fstatSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode } from '../system/system-error.ts';
import type { Log } from './log.ts';

const FILE_MAX = 64 * 1024;
const LINE_MAX = 4096;
/** A FIFO in its place must not make the daemon wait, and a symlink not write elsewhere. */
const FLAGS =
  constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK | constants.O_NOFOLLOW;

/**
 * Keeps a line of the inbox that is no event, for the maintainer of the hook. The file has a size limit, and the log
 * names it once. `why`: what is wrong with the line, after "a line of the inbox".
 */
export function keepBadLine(
  state: string,
  line: string,
  why: 'means nothing' | 'was cut off',
  log: Log,
): void {
  const path = join(state, 'inbox.bad');
  try {
    const fd = openSync(path, FLAGS, 0o600);
    try {
      const stat = fstatSync(fd);
      if (!stat.isFile() || stat.size > FILE_MAX) return;
      if (stat.size === 0) log.warn(`a line of the inbox ${why}; such lines are kept in ${path}`);
      writeSync(fd, `${line.slice(0, LINE_MAX)}\n`);
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    if (errorCode(error) === null) throw error;
  }
}
