import type { Root } from '../root.ts';
import { parseAssignments } from '../shell-assignments.ts';
import { readMakeConf } from './make-conf.ts';

/** env-update writes it from /etc/env.d. Every login shell reads it, and so does Portage. */
const ENVIRONMENT = '/etc/profile.env';
const SIZE_MAX = 256 * 1024;

/**
 * The absolute path in a variable, as emerge would see it: from the environment, else from the last file of make.conf
 * that sets it. null: it is not set, or is no such path.
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
