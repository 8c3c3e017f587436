/**
 * `npm run vendor -- VERSION [DIRECTORY]`: makes the two files that the ebuild needs to build without network: the
 * sources at this commit, and the node modules of the lock file, not compiled.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

process.exitCode = main(process.argv.slice(2));

function main([version, directory = '.']: readonly string[]): number {
  if (version === undefined || !/^[\w.]+$/.test(version)) {
    process.stderr.write('usage: npm run vendor -- VERSION [DIRECTORY]\n');
    return 64;
  }
  const name = `aufswatch-${version}`;
  const target = resolve(directory);
  mkdirSync(target, { recursive: true });
  const work = mkdtempSync(join(tmpdir(), 'aufswatch-vendor-'));
  try {
    for (const file of ['package.json', 'package-lock.json']) copyFileSync(file, join(work, file));
    call(
      'npm',
      ['ci', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'],
      work,
    );
    const sources = join(target, `${name}.tar.gz`);
    const modules = join(target, `${name}-vendor.tar.xz`);
    call('git', ['archive', `--prefix=${name}/`, `--output=${sources}`, 'HEAD']);
    // Reproducible: the same modules always give the same file.
    const same = [
      '--sort=name',
      '--mtime=@0',
      '--owner=0',
      '--group=0',
      '--numeric-owner',
      '--mode=go+rX,go-w',
    ];
    call('tar', [...same, '--xz', '-cf', modules, '-C', work, 'node_modules']);
    process.stdout.write(`${sources}\n${modules}\n`);
    return 0;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function call(command: string, args: readonly string[], cwd = '.'): void {
  const { status, error } = spawnSync(command, args, { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0) throw new Error(`${command} ${args[0]} failed: ${error?.message ?? `status ${status}`}`);
}
