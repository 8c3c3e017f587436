import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';

const HOOKS = resolve(import.meta.dirname, '../../../hooks');

export interface HookResult {
  readonly status: number | null;
  readonly output: string;
  readonly errors: string;
}

/** The path of a hook as it is shipped. */
export function hook(name: string): string {
  return join(HOOKS, name);
}

/** Runs an executable hook with nothing of this process's environment but the PATH. */
export function runHook(path: string, args: readonly string[], env: NodeJS.ProcessEnv): HookResult {
  const result = spawnSync(path, [...args], {
    encoding: 'utf8',
    timeout: 30_000,
    env: { PATH: process.env.PATH, LC_ALL: 'C.UTF-8', ...env },
  });
  return { status: result.status, output: result.stdout, errors: result.stderr };
}
