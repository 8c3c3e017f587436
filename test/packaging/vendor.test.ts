import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, suite, test } from 'node:test';
import { cloneTo, commitAll, npmWithoutNetwork } from '../support/clone.ts';
import { codeBlocks } from '../support/code-blocks.ts';
import { inNamespace, NAMESPACE } from '../support/namespace.ts';
import { layOut, temporaryDirectory } from '../support/temporary.ts';

const NAME = 'aufswatch-0.1.0';
/** Stand-ins for parts of Portage that only record how they were called. */
const DOUBLE = '#!/bin/sh\necho "$(basename "$0") $*" >>"$WORK/called"\n';

suite('the tarball for the ebuild', () => {
  const work = temporaryDirectory();
  const clone = join(work, 'clone');
  const tools = join(work, 'tools');
  const env = { PATH: `${tools}:/usr/bin:/bin:/usr/sbin:/sbin`, HOME: work, WORK: work, LC_ALL: 'C.UTF-8' };

  before(() => {
    cloneTo(clone);
    commitAll(clone);
    npmWithoutNetwork(tools);
    layOut(tools, { ebuild: DOUBLE, emerge: DOUBLE });
    for (const name of ['ebuild', 'emerge']) execFileSync('chmod', ['755', join(tools, name)]);
    execFileSync(join(tools, 'npm'), ['ci'], { cwd: clone, env });
  });

  function vendor(...words: readonly string[]): { status: number | null; out: string } {
    const all = ['run', '--silent', 'vendor', '--', ...words];
    const { status, stdout, stderr } = spawnSync('npm', all, { cwd: clone, env, encoding: 'utf8' });
    return { status, out: stdout + stderr };
  }

  test('is reproducible, byte for byte', () => {
    const files = ['one', 'two'].map((name) => {
      const directory = join(work, name);
      const { status, out } = vendor('0.1.0', directory);
      assert.equal(status, 0, out);
      assert.equal(out, `${directory}/${NAME}.tar.gz\n${directory}/${NAME}-vendor.tar.xz\n`);
      return [`${NAME}.tar.gz`, `${NAME}-vendor.tar.xz`].map((file) => readFileSync(join(directory, file)));
    });
    assert.deepEqual(files[0], files[1]);
    const listed = execFileSync('tar', ['-tf', join(work, `one/${NAME}.tar.gz`)], { encoding: 'utf8' });
    assert.match(listed, new RegExp(`^${NAME}/package-lock\\.json$`, 'm'));
  });

  test('needs a version that can be part of a file name', () => {
    for (const words of [[], ['../1']]) {
      const { status, out } = vendor(...words);
      assert.deepEqual(
        { status, out },
        { status: 64, out: 'usage: npm run vendor -- VERSION [DIRECTORY]\n' },
      );
    }
  });

  test('installs with the steps of the README under Portage', { skip: NAMESPACE }, () => {
    const block = codeBlocks(readFileSync(join(clone, 'README.md'), 'utf8')).find(
      ({ language, text }) => language === 'sh' && text.includes('emerge'),
    );
    layOut(work, { steps: block?.text ?? 'exit 9', 'etc/portage/make.conf': '' });
    mkdirSync(join(work, 'var'));
    const script = `
mount --bind "$WORK"/var /var
mkdir -p /var/cache/distfiles
cd "$WORK"/clone
sh -eu "$WORK"/steps`;
    const { status, out, error } = inNamespace(work, script, env);
    assert.equal(status, 0, out + error);
    const repository = join(work, 'var/db/repos/aufswatch');
    assert.equal(readFileSync(join(repository, 'profiles/repo_name'), 'utf8'), 'aufswatch\n');
    assert.ok(readFileSync(join(work, `var/cache/distfiles/${NAME}-vendor.tar.xz`)).length > 0);
    assert.equal(
      readFileSync(join(work, 'called'), 'utf8'),
      `ebuild /var/db/repos/aufswatch/app-portage/aufswatch/${NAME}.ebuild manifest\nemerge --ask app-portage/aufswatch\n`,
    );
  });
});
