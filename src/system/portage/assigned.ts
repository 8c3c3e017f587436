import type { Root } from '../root.ts';
import { parseAssignments } from '../shell-assignments.ts';
import { readMakeConf } from './make-conf.ts';

/** What env-update makes of /etc/env.d: every login shell has it, and Portage reads it too. */
const ENVIRONMENT = '/etc/profile.env';
const SIZE_MAX = 256 * 1024;

/**
 * The absolute path that a variable has for emerge: as the environment has it, else as the last file of make.conf that
 * sets it; null: none does, or it is no such path.
 */
export function readAssigned(root: Root, name: string): string | null {
  const text = root.readText(ENVIRONMENT, SIZE_MAX);
  const values = [
    ...readMakeConf(root).map((file) => (file.known ? file.value.get(name) : undefined)),
    text.known ? parseAssignments(text.value).get(name) : undefined,
  ];
  const paths = values.filter((value) => value?.startsWith('/') && !/\p{Cc}/u.test(value));
  return paths.at(-1)?.replace(/(?<=.)\/+$/, '') ?? null;
}
