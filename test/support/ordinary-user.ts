import { spawnSync } from 'node:child_process';
import { chownSync } from 'node:fs';

/** `nobody`; an ordinary user who runs the tests is that user. */
const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;

/** The ordinary user, for the options of spawn(). */
export const ORDINARY: { readonly uid?: number; readonly gid?: number } = isRoot
  ? { uid: NOBODY, gid: NOBODY }
  : {};

/** Gives a file or directory to the ordinary user. */
export function give(path: string): void {
  if (isRoot) chownSync(path, NOBODY, NOBODY);
}

/** Runs a command to its end as the ordinary user; throws if it fails. Returns its output. */
export function asUser(command: string, args: readonly string[], env: NodeJS.ProcessEnv): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    ...ORDINARY,
    env,
    encoding: 'utf8',
    timeout: 20_000,
  });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${status} ${error ?? ''} ${stderr}`);
  return stdout;
}
