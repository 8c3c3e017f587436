import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

/** Everything under a directory, a line each: path, mode, owner and content. Two listings are equal or they are not. */
export function listing(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((path) => {
      const full = join(directory, path);
      const stat = lstatSync(full);
      const content = stat.isFile()
        ? createHash('sha256').update(readFileSync(full)).digest('hex')
        : stat.isSymbolicLink()
          ? `-> ${readlinkSync(full)}`
          : '';
      return `${path} ${stat.mode.toString(8)} ${stat.uid}:${stat.gid} ${content}`;
    });
}
