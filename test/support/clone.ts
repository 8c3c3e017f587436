import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { layOut } from './temporary.ts';

/** The package under test. */
export const PACKAGE = join(import.meta.dirname, '../../..');
const NOT_CLONED = ['node_modules', 'build', 'dist', '.git', 'artefacts'];

/** Copies the files that a clone of the repository has, in their current state, without the history. */
export function cloneTo(directory: string): void {
  for (const name of readdirSync(PACKAGE).filter((entry) => !NOT_CLONED.includes(entry)))
    cpSync(join(PACKAGE, name), join(directory, name), { recursive: true });
}

/** Makes the copy an unpublished repository with one commit. */
export function commitAll(directory: string): void {
  const me = ['-c', 'user.name=test', '-c', 'user.email=test@localhost'];
  for (const words of [
    ['init', '-q'],
    ['add', '-A'],
    [...me, 'commit', '-qm', 'all'],
  ]) {
    const { status, stderr } = spawnSync('git', words, { cwd: directory, encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
  }
}

/** An npm in this directory whose `npm ci` only links the installed modules. All else goes to the real npm. */
export function npmWithoutNetwork(directory: string): void {
  const npm = spawnSync('sh', ['-c', 'command -v npm'], { encoding: 'utf8' }).stdout.trim();
  const modules = join(PACKAGE, 'node_modules');
  layOut(directory, {
    npm: `#!/bin/sh\n[ "$1" != ci ] || exec ln -sfn '${modules}' node_modules\nexec '${npm}' "$@"\n`,
  });
  chmodSync(join(directory, 'npm'), 0o755);
}
