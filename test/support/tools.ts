import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * For a test's `skip` option: false if every tool is on the PATH, else the reason. `.ci/run` installs all of them and
 * fails on a skip.
 */
export function needs(...tools: readonly string[]): string | false {
  const missing = tools.filter((tool) => !onPath(tool));
  return missing.length > 0 ? `needs ${missing.join(', ')}` : false;
}

function onPath(tool: string): boolean {
  if (tool.includes('/')) return executable(tool);
  const directories = [...(process.env.PATH ?? '').split(delimiter), '/sbin', '/usr/sbin'];
  return directories.some((directory) => executable(join(directory, tool)));
}

function executable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
