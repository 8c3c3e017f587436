import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { needs } from './tools.ts';

/** For a test's `skip` option: false if the process can have its own mount namespace, else the reason. */
export const NAMESPACE: string | false =
  needs('unshare', 'mount') ||
  (spawnSync('unshare', ['-m', 'true']).status === 0
    ? false
    : 'needs to mount: run as root, with namespaces');

const SCRIPT = `
set -eu
work=$1
mount -t tmpfs none /run
for top in etc usr; do
  mkdir -p "$work/$top" "$work/upper-$top"
  mount -t tmpfs none "$work/upper-$top"
  mkdir "$work/upper-$top/files" "$work/upper-$top/work"
  mount -t overlay overlay \\
    -o "lowerdir=$work/$top:/$top,upperdir=$work/upper-$top/files,workdir=$work/upper-$top/work" "/$top"
done
exec sh -c "$2"
`;

/**
 * Runs a sh script in a namespace in which /run is empty, and /etc and /usr are writable and also have the files in `etc`
 * and `usr` of the working directory. Nothing changes outside.
 */
export function inNamespace(
  work: string,
  script: string,
  env: NodeJS.ProcessEnv = { PATH: process.env.PATH, HOME: work, LC_ALL: 'C.UTF-8' },
): { status: number | null; out: string; error: string } {
  for (const top of ['etc', 'usr']) mkdirSync(join(work, top), { recursive: true });
  const words = ['-m', '-p', '-f', '--mount-proc', '--kill-child', 'sh', '-c', SCRIPT, 'sh', work, script];
  const { status, stdout, stderr } = spawnSync('unshare', words, { env, encoding: 'utf8', timeout: 240_000 });
  return { status, out: stdout, error: stderr };
}
